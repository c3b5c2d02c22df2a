export * from './arbitrary-history.ts'
export * from './arbitrary-report.ts'
