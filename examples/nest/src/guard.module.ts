import type { Guard } from "@interlatch/core";
import { Global, Inject, Injectable, Module, type OnApplicationShutdown } from "@nestjs/common";
import { signedGuard } from "../../shared-bundle/bundle.ts";

/** The one guard of the process, by which controllers and services ask for it. */
export const GUARD: unique symbol = Symbol("interlatch guard");

/** Waits until every record is kept before the process ends. */
@Injectable()
class CloseGuard implements OnApplicationShutdown {
  readonly #guard: Guard;

  constructor(@Inject(GUARD) guard: Guard) {
    this.#guard = guard;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#guard.close();
  }
}

/**
 * Makes the guard while the application starts: a bundle that does not verify keeps it from starting. An application
 * calls `createGuard` of `@interlatch/core/node` with the bundle that it ships; this one signs its own.
 */
@Global()
@Module({
  providers: [
    {
      provide: GUARD,
      useFactory: async (): Promise<Guard> => {
        const { guard } = await signedGuard({ policy: new URL("../policy.yaml", import.meta.url) });
        return guard;
      },
    },
    CloseGuard,
  ],
  exports: [GUARD],
})
export class GuardModule {}
