import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

// unit: pure, milliseconds. int: beside the code, against a real Kafka, Redis and ClickHouse. e2e: the whole pipeline.
export default defineConfig({
  test: {
    projects: [
      {
        extends: false,
        root: ROOT,
        test: { name: 'unit', pool: 'forks', include: ['{packages,services,infra,test}/**/*.unit.test.ts'] },
      },
      {
        extends: false,
        root: ROOT,
        test: {
          name: 'int',
          pool: 'forks',
          include: ['{packages,services,infra,test}/**/*.int.test.ts'],
          globalSetup: [`${ROOT}test/global-setup.ts`],
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: false,
        root: ROOT,
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
