export * from './admin.ts'
export type { KafkaConnection } from './connection.ts'
export * from './consumer.ts'
export * from './producer.ts'
