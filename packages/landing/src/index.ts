export * from './bisect.ts'
export * from './block-landing.ts'
export * from './clickhouse-landing.ts'
export * from './landing-row.ts'
