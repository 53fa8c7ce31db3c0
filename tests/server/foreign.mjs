// A coordinator and workers as the pattern has them, over the library `ws`: one class, events by
// type, calls that wait for the answer by its type. Run: node foreign.mjs MODULE PORT FOLDER TASKS
import { createRequire } from "node:module";
import { EventEmitter } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const [, , module, port, folder, tasksText] = process.argv;
const { WebSocket } = createRequire(import.meta.url)(module);

class Peer extends EventEmitter {
  async connect() {
    this.socket = new WebSocket(`ws://localhost:${port}`);
    this.socket.on("message", (data) => {
      const message = JSON.parse(data.toString());
      this.emit(message.type === "error" ? "refused" : message.type, message);
    });
    await this.next("connected");
    return this;
  }

  next(type) {
    return new Promise((resolve, reject) => {
      this.once(type, resolve);
      this.once("refused", (message) => reject(new Error(message.error)));
    });
  }

  ask(message, type) {
    const answer = this.next(type);
    this.socket.send(JSON.stringify(message));
    return answer;
  }
}

const seen = [];
const tasks = JSON.parse(tasksText);
const coordinator = await new Peer().connect();
for (const type of ["worker_registered", "task_assigned", "task_complete"]) {
  coordinator.on(type, ({ taskId, workerId }) => seen.push([type, taskId ?? null, workerId]));
}
await coordinator.ask({ type: "register", role: "coordinator", projectId: "node" }, "registered");

let left = tasks.length;
let finished;
const over = new Promise((resolve) => { finished = resolve; });
for (const workerId of ["worker-A", "worker-B"]) {
  const worker = await new Peer().connect();
  worker.on("task_assigned", async ({ task }) => {
    for (const file of task.context.outputFiles) {
      writeFileSync(join(folder, file), `# ${task.id}\n\nWritten by ${workerId}, as asked.\n`);
    }
    const report = {
      taskId: task.id, workerId, status: "completed", deliverables: task.context.outputFiles,
      contextEfficiencyScore: 5, completedAt: new Date().toISOString(),
    };
    await worker.ask({ type: "task_complete", taskId: task.id, report }, "task_complete_ack");
    left -= 1;
    if (left === 0) finished();
  });
  const none = worker.next("no_tasks");
  await worker.ask({ type: "register", role: "worker", workerId }, "registered");
  await none;
}
const created = await coordinator.ask({ type: "create_tasks", tasks }, "tasks_created");
await over;
const status = await coordinator.ask({ type: "status" }, "status_response");
console.log(JSON.stringify({ created, seen, status }));
process.exit(0);
