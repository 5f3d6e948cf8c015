import { requirements, type Requirement } from "./requirement.ts";

/** Known ways round such guards, tried on this one. */
export const evasionRequirements: readonly Requirement[] = requirements("0.1.0", {
  "evasion.T01": "A denied tool is executed by no framework, neither generated nor streamed.",
  "evasion.T02": "A call that comes out of a history meets the guard as one of the model's does.",
  "evasion.T03":
    "A call whose arguments stand in another field is not taken for one without arguments.",
  "evasion.T04": "Arguments that could not be parsed are denied and not read as an empty object.",
  "evasion.T05": "Input hooks of a denied call are not told its arguments.",
  "evasion.T06":
    "Changing the arguments from inside a decision, a review or a listener changes nothing that runs.",
  "evasion.T07": "What the provider runs is reported as out of reach and never as blocked.",
  "evasion.T08":
    "A tool that came late or was built elsewhere is denied unless the policy knows it.",
  "evasion.T09": "A tool hidden from the model and called all the same is denied.",
  "evasion.T10":
    "A spread or structured copy of a ticket carries no identity, and a copied denial is no denial.",
  "evasion.T11": "A tools node meets the guard whatever form its input has.",
  "evasion.T12": "An answer of a reviewer in other words than approve is a denial.",
  "evasion.T13": "No opinion is a denial.",
  "evasion.T14":
    "A condition that cannot be parsed stops the build and never goes quietly unmatched.",
  "evasion.T15":
    "A rule in other words than the grammar's, or that reads in two ways, stops the build.",
  "evasion.T16": "An empty policy and a tool without a default deny.",
  "evasion.T17": "A default that denies is kept where no rule matches.",
  "evasion.T18": "A limit or a bound of zero is not taken for one that is missing.",
  "evasion.T19":
    "A missing attribute, an empty list and an item that cannot be judged fulfil no demand.",
  "evasion.T20":
    "Profiles do not add up, and what a profile or a call leaves out is nothing and not everything.",
  "evasion.T21":
    "A glob reads alike in allow rules and in deny rules, and one that forbids leaves out no tool that a rule names.",
  "evasion.T22":
    "A bundle that only advises does not load unless the host allows it, and what is enforced is said.",
  "evasion.T23":
    "A tool name in other letters, with spaces, invisible signs or look-alikes is another tool.",
  "evasion.T24": "Another name for a denied tool is not allowed by it.",
  "evasion.T25": "An argument under another name, or left out, does not pass a rule about it.",
  "evasion.T26": "An argument of another type does not pass a rule about it.",
  "evasion.T27":
    "Numbers at the edges, lone surrogates and keys of prototypes are judged as what they are.",
  "evasion.T28": "Spaces and invisible signs inside a text do not make a rule that allows match.",
  "evasion.T29": "A path cannot leave its folder by dots, encodings, or a longer name.",
  "evasion.T30":
    "An address cannot pass for another by its notation, a trailing dot or a user part.",
  "evasion.T31":
    "Where a policy names statements or addresses, no stacking, comment, encoding or direct form passes.",
  "evasion.T32": "No pattern that loads blocks the process, however it is fed.",
  "evasion.T33": "One agent cannot use up the limit of another.",
  "evasion.T34": "A hundred calls at once pass a limit of ten exactly ten times.",
  "evasion.T35": "Sessions, ids, batches and counters without end do not grow memory without end.",
  "evasion.T36":
    "An approval that is sent again, or of a conversation that is played again, runs nothing again.",
  "evasion.T37":
    "Arguments that were changed after their approval, and an approval that was made up, run nothing.",
  "evasion.T38":
    "A reviewer's change never makes a call one of another tool, and is judged like any call.",
  "evasion.T39":
    "An approval of one call approves no other, of the same tool or not, and a denial is never told as a success.",
  "evasion.T40":
    "An approval does not outlive its time, nor a policy, a person or a session that has changed.",
  "evasion.T41": "A bundle without its signatures, or with an empty key id, does not load.",
  "evasion.T42":
    "An older, expired, relabelled or re-encoded bundle, or one for another place, does not load.",
  "evasion.T43": "A new policy in the middle of a call or of a review loosens neither.",
  "evasion.T44":
    "A bundle that cannot be read leaves the guard denying or under its last good policy.",
  "evasion.T45":
    "Denied calls are in the log, and a log that was cut or edited is found out against its head.",
  "evasion.T46": "What was stored with a conversation is neither identity, nor verdict, nor count.",
  "evasion.T47":
    "A reviewer, a store or a sink that is slow, failing or empty does not let a call through.",
});
