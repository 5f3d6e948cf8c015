import "reflect-metadata";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { ChatController } from "./chat.controller.ts";
import { GuardModule } from "./guard.module.ts";

@Module({ imports: [GuardModule], controllers: [ChatController] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ["warn", "error"] });
app.enableShutdownHooks();
await app.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1");
console.log(`Post to ${await app.getUrl()}/chat`);
