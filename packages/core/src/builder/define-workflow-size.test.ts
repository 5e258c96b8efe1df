import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/** A workflow of `count` nodes that uses what is costly to check: joins, `when`, maps, options, typed deps. */
function programText(count: number): string {
  const lines = [
    `import { defineWorkflow } from './define-workflow.ts'`,
    `import { ofType } from './of-type.ts'`,
    `defineWorkflow('wide', { input: ofType<number>() })`,
    `  .node('n0', ({ input }) => ({ sum: input }))`,
    `  .node('n1', { after: 'n0' }, ({ deps }) => ({ sum: deps.n0.sum }))`,
  ]
  for (let n = 2; n < count; n++) lines.push(stepText(`n${n}`, `n${n - 1}`, `n${n - 2}`, n % 6))
  return [...lines, `.build({ output: 'n${count - 1}' })`, ''].join('\n')
}

function stepText(id: string, one: string, two: string, kind: number): string {
  switch (kind) {
    case 2:
      return `.node('${id}', { after: '${one}', when: ({ deps }) => deps.${one}.sum > 0 }, ({ deps }) => deps.${one})`
    case 3:
      return `.node('${id}', { after: ['${one}', '${two}'] }, ({ deps }) => deps.${one} ?? deps.${two})`
    case 4:
      return `.map('${id}', { after: '${one}', over: ({ deps }) => [deps.${one}] }, ({ item }) => item.sum)`
    case 5:
      return `.node('${id}', { after: '${one}', timeout: '2s' }, ({ input }) => ({ sum: input.length }))`
    default:
      return `.node('${id}', { after: '${one}' }, ({ deps }) => ({ sum: deps.${one}.sum + 1 }))`
  }
}

function check(text: string): { messages: string[]; instantiations: number } {
  const name = fileURLToPath(new URL('virtual-program.ts', import.meta.url))
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    module: ts.ModuleKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    types: [],
  }
  const real = ts.createCompilerHost(options)
  const host: ts.CompilerHost = {
    ...real,
    fileExists: (file) => file === name || real.fileExists(file),
    readFile: (file) => (file === name ? text : real.readFile(file)),
    getSourceFile: (file, version) =>
      file === name ? ts.createSourceFile(file, text, version) : real.getSourceFile(file, version),
  }
  const program = ts.createProgram([name], options, host)
  const diagnostics = program.getSemanticDiagnostics(program.getSourceFile(name))
  return {
    messages: diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    instantiations: program.getInstantiationCount(),
  }
}

describe('the types of a builder', () => {
  it('carry 120 nodes without going too deep, at a cost that stays small', () => {
    const { messages, instantiations } = check(programText(120))
    expect(messages).toEqual([])
    // About 420,000, which takes a second. The compiler gives up at a depth of 100 or a count of 5,000,000.
    expect(instantiations).toBeLessThan(800_000)
  }, 60_000)
})
