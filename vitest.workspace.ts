import { fileURLToPath } from 'node:url'
import { defaultClientConditions, defaultServerConditions } from 'vite'
import type { TestProjectConfiguration } from 'vitest/config'

/** Inside the workspace a package is its sources: no build is needed to run a test. */
const sourceCondition = '@heddle/source'

/** Tests named `x.server.test.ts` need Redis or Postgres; `npm run test:fast` leaves them out. */
const serverTests = process.env['HEDDLE_WITHOUT_SERVERS'] === '1' ? ['**/*.server.test.ts'] : []

/** One project of the suite: its name, where it lives, and whether it has type tests (`*.test-d.ts`). */
const project = (name: string, folder: string, typeTests = false): TestProjectConfiguration => {
  const root = fileURLToPath(new URL(folder, import.meta.url))
  return {
    resolve: { conditions: [sourceCondition, ...defaultClientConditions] },
    ssr: { resolve: { conditions: [sourceCondition, ...defaultServerConditions] } },
    test: {
      name,
      root,
      environment: 'node',
      // Against hanging, not against slowness: what is busy beside a test is not its fault.
      testTimeout: 60_000,
      include: ['**/*.test.ts'],
      exclude: ['**/node_modules/**', '**/dist/**', ...serverTests],
      typecheck: {
        enabled: typeTests,
        include: ['**/*.test-d.ts'],
        tsconfig: `${root}/tsconfig.json`,
      },
    },
  }
}

// vitest does not read this file by itself: vitest.config.ts imports it.
export default [
  project('core', './packages/core', true),
  project('testing', './packages/testing'),
  project('bullmq', './packages/bullmq'),
  project('cli', './packages/cli'),
  project('examples', './examples'),
  project('benchmarks', './benchmarks'),
] satisfies TestProjectConfiguration[]
