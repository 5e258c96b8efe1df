/**
 * The house rules of ARCHITECTURE.md as rules of dependency-cruiser: floors between packages, layers inside core.
 * Type-only imports count (tsPreCompilationDeps), and so do circles made of them.
 */

/** The folders of core from the ground up: each imports only from itself and from those before it. */
const coreLayers = [
  'errors',
  'model',
  'ports',
  'graph',
  'kernel',
  'traversal',
  'defaults',
  'execution',
  'nodes',
  'actor',
  'memory',
  'aside',
  'worker',
  'orchestrators',
  'runtime',
  'builder',
  'file',
]

/** The folders of core's execution/, from the ground up in the same way. */
const executionLayers = ['engine', 'checks', 'inputs', 'calls', 'attempt', 'suspension', 'run']

/** Packages by floor, from the ground up. A package imports from lower floors only, never from its own floor. */
const floors = [['core'], ['bullmq', 'postgres', 'batch', 'testing', 'devtools', 'mcp'], ['cli']]

/** Tests stand beside what they test and may look anywhere inside their package; circles are forbidden for them too. */
const tests = String.raw`\.test(-d)?\.ts$|^packages/[^/]+/test/`

/** A file that no list above knows must not slip through: a new folder gets its place first. */
const unknownLayer = {
  name: 'core-folders-are-known',
  comment:
    'A folder of core that is not in the list of layers: give it its place in .dependency-cruiser.mjs and ARCHITECTURE.md.',
  severity: 'error',
  from: { path: '^packages/core/src' },
  to: { path: '^packages/core/src/[^/]+/', pathNot: `^packages/core/src/(${coreLayers.join('|')})/` },
}

/** One rule for each folder of a list: it imports from itself and from the folders before it, of those that lie beside it. */
const rulesOfLayers = (name, folder, layers) =>
  layers.map((layer, index) => ({
    name: `${name}-${layer}`,
    comment: `${layer}/ imports only from itself and from: ${layers.slice(0, index).join(', ') || 'nothing'}.`,
    severity: 'error',
    from: { path: `^${folder}${layer}/`, pathNot: tests },
    to: { path: `^${folder}`, pathNot: `^${folder}(${layers.slice(0, index + 1).join('|')})/` },
  }))

const layerRules = [
  ...rulesOfLayers('core-layer', 'packages/core/src/', coreLayers),
  ...rulesOfLayers('execution-layer', 'packages/core/src/execution/', executionLayers),
]

const floorRules = floors.flatMap((names, index) =>
  names.flatMap((name) => {
    const below = floors.slice(0, index).flat()
    const outside = (known) => ({
      path: '^(packages|examples|benchmarks|docs)/',
      pathNot: `^packages/(${[...known, name].join('|')})/`,
    })
    return [
      {
        name: `floor-${name}`,
        comment: `@heddle/${name} imports only from: ${below.join(', ') || 'nothing of the house'}.`,
        severity: 'error',
        from: { path: `^packages/${name}/`, pathNot: tests },
        to: outside(below),
      },
      {
        name: `floor-${name}-tests`,
        comment: `The tests of an adapter run the suites of @heddle/testing; those of core stand there.`,
        severity: 'error',
        from: { path: [`^packages/${name}/test/`, String.raw`^packages/${name}/.*\.test(-d)?\.ts$`] },
        to: outside(index === 0 ? below : [...below, 'testing']),
      },
    ]
  }),
)

/** The folders of core that only Node sees; everything else runs in a browser. */
const nodeDoor = '^packages/core/src/(file/|node\\.ts$)'

export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'No circles, type-only imports included.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    unknownLayer,
    ...layerRules,
    {
      name: 'orchestrators-are-siblings',
      comment: 'Orchestrators do not know each other: they meet in contract.ts.',
      severity: 'error',
      from: { path: '^packages/core/src/orchestrators/[^/]+\\.ts$', pathNot: tests },
      to: { path: '^packages/core/src/orchestrators/', pathNot: '^packages/core/src/orchestrators/contract\\.ts$' },
    },
    {
      name: 'nothing-imports-the-door',
      comment: 'index.ts and node.ts are for users; inside core a file imports what it needs from where it stands.',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: tests },
      to: { path: '^packages/core/src/(index|node)\\.ts$' },
    },
    {
      name: 'index-is-for-browsers-too',
      comment: 'file/ belongs to the node door only.',
      severity: 'error',
      from: { path: '^packages/core/src/index\\.ts$' },
      to: { path: nodeDoor },
    },
    {
      name: 'core-has-no-node-built-ins',
      comment: 'Core runs in browsers; only file/ and node.ts may use Node.',
      severity: 'error',
      from: { path: '^packages/core/src/', pathNot: `${tests}|${nodeDoor}` },
      to: { dependencyTypes: ['core'] },
    },
    ...floorRules,
    {
      name: 'packages-are-entered-by-the-door',
      comment: 'Another package is imported by its name, never by a path into its sources.',
      severity: 'error',
      from: { path: '^(packages/[^/]+|examples|benchmarks)/' },
      to: {
        path: '^packages/[^/]+/src/',
        pathNot: ['^$1/', '^packages/[^/]+/src/(index|node|conformance|vitest)\\.ts$'],
      },
    },
    {
      name: 'sources-do-not-import-tests',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: tests },
      to: { path: tests },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-dependencies',
      comment: 'What the sources of a package import stands in its package.json.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: tests },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'], dependencyTypesNot: ['npm-peer'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    combinedDependencies: false,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^packages/[^/]+/(dist|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@heddle/source', 'import', 'types', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.json', '.d.ts'],
      mainFields: ['module', 'main', 'types'],
    },
  },
}
