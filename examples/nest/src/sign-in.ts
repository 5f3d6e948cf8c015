import { Injectable, type CanActivate, type ExecutionContext } from "@nestjs/common";

/** A request whose sender is known. */
export interface SignedInRequest {
  readonly headers: { readonly authorization?: string };
  user?: { readonly id: string; readonly role: string };
}

/** Who is behind a token. */
const USERS: ReadonlyMap<string, { readonly id: string; readonly role: string }> = new Map([
  ["Bearer token-of-ann", { id: "ann", role: "clerk" }],
  ["Bearer token-of-tom", { id: "tom", role: "trainee" }],
]);

/** Lets in whoever has a token. What Nest calls a guard is about requests; interlatch's is about tool calls. */
@Injectable()
export class SignIn implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<SignedInRequest>();
    const user = USERS.get(request.headers.authorization ?? "");
    if (user !== undefined) request.user = user;
    return user !== undefined;
  }
}
