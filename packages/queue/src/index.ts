export type { QueueConnection } from './connection.ts'
export * from './job-queue.ts'
export * from './job-worker.ts'
