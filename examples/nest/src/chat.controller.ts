import { guardAI } from "@interlatch/ai-sdk";
import type { Guard } from "@interlatch/core";
import {
  Body,
  Controller,
  Inject,
  Post,
  Req,
  UnauthorizedException,
  UseGuards,
} from "@nestjs/common";
import { generateText, isStepCount } from "ai";
import { GUARD } from "./guard.module.ts";
import { model } from "./model.ts";
import { SignIn, type SignedInRequest } from "./sign-in.ts";
import { tools } from "./tools.ts";

/** Answers what a person asks of the desk. */
@Controller("chat")
@UseGuards(SignIn)
export class ChatController {
  readonly #guard: Guard;

  constructor(@Inject(GUARD) guard: Guard) {
    this.#guard = guard;
  }

  /** A ticket for each request, made of what the sign-in knows and of nothing that the body says. */
  @Post()
  async chat(@Req() { user }: SignedInRequest, @Body("prompt") prompt: unknown) {
    if (user === undefined) throw new UnauthorizedException();
    const ticket = this.#guard.for({
      agent: { id: "desk-bot", roles: [user.role] },
      user: { id: user.id },
    });
    const { text } = await generateText({
      model,
      prompt: String(prompt),
      stopWhen: isStepCount(5),
      ...guardAI(this.#guard, ticket).options(tools),
    });
    return { text };
  }
}
