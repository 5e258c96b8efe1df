import { fileURLToPath } from 'node:url'
import { defaultClientConditions, defaultServerConditions } from 'vite'
import type { TestProjectConfiguration } from 'vitest/config'

/** Inside the workspace a package is its sources: no build is needed to run a test. */
const sourceCondition = '@heddle/source'

/** Tests named `x.server.test.ts` need Redis or Postgres; `npm run test:fast` leaves them out. */
const isWithoutServers = process.env['HEDDLE_WITHOUT_SERVERS'] === '1'
const serverTests = isWithoutServers ? ['**/*.server.test.ts'] : []

interface ProjectOptions {
  /** Whether it has type tests (`*.test-d.ts`). */
  readonly hasTypeTests?: boolean
  /** File that starts the servers of its tests, from its folder. */
  readonly servers?: string
}

/** One project of the suite: its name, and where it lives. */
const project = (name: string, folder: string, options: ProjectOptions = {}): TestProjectConfiguration => {
  const { hasTypeTests = false, servers } = options
  const root = fileURLToPath(new URL(folder, import.meta.url))
  return {
    resolve: { conditions: [sourceCondition, ...defaultClientConditions] },
    ssr: { resolve: { conditions: [sourceCondition, ...defaultServerConditions] } },
    test: {
      name,
      root,
      environment: 'node',
      // Against hanging, not against slowness: what is busy beside a test is not its fault.
      testTimeout: 300_000,
      include: ['**/*.test.ts'],
      exclude: ['**/node_modules/**', '**/dist/**', ...serverTests],
      globalSetup: servers === undefined || isWithoutServers ? [] : [`${root}/${servers}`],
      typecheck: {
        enabled: hasTypeTests,
        include: ['**/*.test-d.ts'],
        tsconfig: `${root}/tsconfig.json`,
      },
    },
  }
}

// vitest does not read this file by itself: vitest.config.ts imports it.
export default [
  project('core', './packages/core', { hasTypeTests: true }),
  project('testing', './packages/testing'),
  project('bullmq', './packages/bullmq', { servers: 'test/global-setup.ts' }),
  project('cli', './packages/cli'),
  project('examples', './examples'),
  project('benchmarks', './benchmarks'),
] satisfies TestProjectConfiguration[]
