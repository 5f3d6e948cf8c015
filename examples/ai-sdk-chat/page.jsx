import { useChat } from "@ai-sdk/react";
import { getToolName, isToolUIPart, lastAssistantMessageIsCompleteWithApprovalResponses } from "ai";
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import "./page.css";

// The conversation is kept by the browser, so the server takes all of it for a claim.
location.hash ||= crypto.randomUUID();
const id = location.hash.slice(1);
const kept = JSON.parse(sessionStorage.getItem(id) ?? "[]");

function Chat() {
  const { messages, sendMessage, addToolApprovalResponse, error } = useChat({
    id,
    messages: kept,
    sendAutomaticallyWhen: lastAssistantMessageIsCompleteWithApprovalResponses,
  });
  useEffect(() => sessionStorage.setItem(id, JSON.stringify(messages)), [messages]);
  return (
    <main>
      {messages.map((message) => (
        <article key={message.id} className={message.role}>
          {message.parts.map((part, index) =>
            isToolUIPart(part) ? (
              <ToolCall key={part.toolCallId} part={part} answer={addToolApprovalResponse} />
            ) : part.type === "text" ? (
              <p key={index}>{part.text}</p>
            ) : null,
          )}
        </article>
      ))}
      {error === undefined ? null : <p role="alert">{error.message}</p>}
      <Say onSay={(text) => sendMessage({ text })} />
      <button type="button" onClick={() => sendMessage()}>
        Send the conversation again
      </button>
    </main>
  );
}

function ToolCall({ part, answer }) {
  const { order, amount } = part.input ?? {};
  const what = order === undefined ? "" : ` ${amount} for order ${order}`;
  return (
    <section className={part.state}>
      <b>{getToolName(part).replaceAll("_", " ") + what}</b>
      <Outcome part={part} answer={answer} />
    </section>
  );
}

function Outcome({ part, answer }) {
  switch (part.state) {
    case "approval-requested":
      return <Question id={part.approval.id} answer={answer} />;
    case "approval-responded":
      return <p>{part.approval.approved ? "You said yes." : "You said no."}</p>;
    case "output-available":
      return <pre>{JSON.stringify(part.output, null, 2)}</pre>;
    case "output-denied":
      return <p>Denied. {part.approval?.reason}</p>;
    case "output-error":
      return <p>Failed. {part.errorText}</p>;
    default:
      return <p>…</p>;
  }
}

function Question({ id: question, answer }) {
  const [reason, setReason] = useState("");
  const say = (approved) => () =>
    answer({ id: question, approved, ...(reason === "" ? {} : { reason }) });
  return (
    <p>
      May it? <button onClick={say(true)}>Yes</button> <button onClick={say(false)}>No</button>{" "}
      <input
        aria-label="Reason"
        placeholder="because …"
        value={reason}
        onChange={({ target }) => setReason(target.value)}
      />
    </p>
  );
}

function Say({ onSay }) {
  const submit = (event) => {
    event.preventDefault();
    const text = new FormData(event.target).get("text");
    event.target.reset();
    onSay(text);
  };
  return (
    <form onSubmit={submit}>
      <input name="text" aria-label="Message" placeholder="Refund 150 for order 17" required />
      <button>Say</button>
    </form>
  );
}

createRoot(document.getElementById("root")).render(<Chat />);
