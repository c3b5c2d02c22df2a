import { defineConfig } from 'vitest/config'

// unit: pure, milliseconds. int: beside the code, against a real Kafka, Redis and ClickHouse. e2e: the whole pipeline.
export default defineConfig({
  test: {
    projects: [
      {
        extends: false,
        root: new URL('..', import.meta.url).pathname,
        test: { name: 'unit', pool: 'forks', include: ['{packages,services,infra,test}/**/*.unit.test.ts'] },
      },
      {
        extends: false,
        root: new URL('..', import.meta.url).pathname,
        test: {
          name: 'int',
          pool: 'forks',
          include: ['{packages,services,infra}/**/*.int.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: false,
        root: new URL('..', import.meta.url).pathname,
        test: {
          name: 'e2e',
          pool: 'forks',
          fileParallelism: false,
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
