import type { WorkflowBlueprint } from '../../src/model/blueprint.ts'
import { flow, sub, task, type CrashPattern } from './pattern.ts'

const undoneBy = (...handlers: readonly string[]): WorkflowBlueprint => ({
  ...flow(['a>b', 'b>c', 'c>bad'], {
    nodes: [task('bad', 'fail')],
    config: Object.fromEntries(['a', 'b', 'c'].map((id, at) => [id, { compensate: handlers[at] ?? 'undo' }])),
  }),
  policy: { onFailure: 'compensate', context: { saw: { reducer: 'append' } } },
})
const child = undoneBy('undo', 'undo-asks', 'undo')

/** Runs that are cancelled while what undoes a visit waits. */
export const lateCancelPatterns: readonly CrashPattern[] = [
  { name: 'a cancel while one visit cannot be undone', blueprint: undoneBy('undo', 'undo-asks', 'undo') },
  {
    name: 'a cancel while several visits cannot be undone',
    blueprint: undoneBy('undo-asks', 'undo-by-calls', 'undo-asks'),
  },
  {
    name: 'a cancel while a child run undoes what it did',
    blueprint: flow(['a>s'], { nodes: [sub('s', 'child')] }),
    children: { child },
  },
]
