import { describe, expect, it } from 'vitest'
import { settle } from '../../test/while-time-passes.ts'
import { memoryJournalStore, type MemoryJournals } from '../memory/journal-store.ts'
import type { WorkflowBlueprint } from '../model/blueprint.ts'
import { route } from '../model/node-result.ts'
import type { NodeContext, Registry } from '../ports/node-context.ts'
import type { RunHandle } from '../ports/run-handle.ts'
import { FlowRuntime } from './flow-runtime.ts'

const approvals: WorkflowBlueprint = {
  id: 'approvals',
  nodes: [
    { id: 'draft', uses: 'draft' },
    { id: 'legal', uses: 'wait' },
    { id: 'finance', uses: 'wait' },
    { id: 'print', uses: 'print' },
    { id: 'publish', uses: 'publish' },
  ],
  edges: ['legal', 'finance', 'print'].flatMap((id) => [
    { source: 'draft', target: id },
    { source: id, target: 'publish' },
  ]),
}

const decision: WorkflowBlueprint = {
  id: 'decision',
  nodes: [
    { id: 'choose', uses: 'choose' },
    { id: 'ask', uses: 'wait' },
    { id: 'other', uses: 'wait' },
    { id: 'after-other', uses: 'note' },
    { id: 'approved', uses: 'note' },
    { id: 'rejected', uses: 'note' },
    { id: 'end', uses: 'note' },
  ],
  edges: [
    { source: 'choose', target: 'ask', action: 'ask' },
    { source: 'choose', target: 'other', action: 'other' },
    { source: 'other', target: 'after-other' },
    { source: 'ask', target: 'approved', action: 'approve' },
    { source: 'ask', target: 'rejected', action: 'reject' },
    ...['after-other', 'approved', 'rejected'].map((source) => ({ source, target: 'end' })),
  ],
}

/** A run, in one process after another on one store. */
class Scene {
  readonly calls: string[] = []
  private handle: RunHandle | undefined
  private runtime: FlowRuntime
  private readonly journals: MemoryJournals = new Map()
  private readonly blueprint: WorkflowBlueprint
  private printed: (text: string) => void = () => undefined

  private constructor(blueprint: WorkflowBlueprint) {
    this.blueprint = blueprint
    this.runtime = this.process()
  }

  get run(): RunHandle {
    if (this.handle === undefined) throw new Error('the run was not begun')
    return this.handle
  }

  static async begin(blueprint: WorkflowBlueprint): Promise<Scene> {
    const scene = new Scene(blueprint)
    scene.handle = await scene.runtime.start(blueprint, 'story', { runId: 'r' })
    await settle()
    return scene
  }

  private process(): FlowRuntime {
    return new FlowRuntime({ registry: this.registry(), store: memoryJournalStore({ journals: this.journals }) })
  }

  private registry(): Registry {
    const note = ({ nodeId, input }: NodeContext): unknown => {
      this.calls.push(nodeId)
      return input
    }
    return {
      note,
      draft: note,
      publish: note,
      choose: (context: NodeContext) => route('ask', note(context)),
      print: (context: NodeContext) => {
        note(context)
        return new Promise((resolve) => {
          this.printed = resolve
        })
      },
    }
  }

  async reopen(): Promise<void> {
    await this.runtime.close()
    this.runtime = this.process()
    this.handle = this.runtime.open(this.blueprint, 'r')
    await this.run.status()
    await settle()
  }

  print(): void {
    this.printed('printed')
  }

  callsOf(nodeId: string): number {
    return this.calls.filter((called) => called === nodeId).length
  }

  async answered(): Promise<readonly string[]> {
    return (await this.run.journal()).flatMap((event) => (event.type === 'wait.answered' ? [event.name] : []))
  }
}

const stay = (): Promise<void> => settle()
const reopen = (scene: Scene): Promise<void> => scene.reopen()

const pauses = [
  ['in one process', stay],
  ['in a process that is closed and another one that opens the run, before, between and after the answers', reopen],
] as const

const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown }).code

describe.each(pauses)('two approvals open in parallel while a third branch runs, %s', (_, pause) => {
  const finish = async (scene: Scene): Promise<void> => {
    const result = await scene.run.result()
    expect(result).toMatchObject({
      status: 'completed',
      output: { legal: 'legal says yes', finance: 'finance says yes', print: 'printed' },
    })
    await pause(scene)
    expect((await scene.run.result()).output).toEqual(result.output)
    expect([scene.callsOf('draft'), scene.callsOf('publish')]).toEqual([1, 1])
    expect((await scene.answered()).toSorted((one, other) => one.localeCompare(other))).toEqual(['finance', 'legal'])
  }

  it.each([
    ['one before the other', ['legal', 'finance']],
    ['the other before the one', ['finance', 'legal']],
  ])('resumed %s: the join fires once, when the third is done too', async (_order, names) => {
    const scene = await Scene.begin(approvals)
    for (const name of names) {
      await pause(scene)
      const open = new Set((await scene.run.waits()).map((wait) => wait.name))
      expect(open).toEqual(new Set(names.slice(names.indexOf(name))))
      await scene.run.resume(name, `${name} says yes`)
    }
    await pause(scene)
    expect(scene.callsOf('publish')).toBe(0)
    scene.print()
    await finish(scene)
  })

  it('resumed at the same time: the join fires once, when the third is done too', async () => {
    const scene = await Scene.begin(approvals)
    await pause(scene)
    await Promise.all(['legal', 'finance'].map((name) => scene.run.resume(name, `${name} says yes`)))
    await pause(scene)
    expect(scene.callsOf('publish')).toBe(0)
    scene.print()
    await finish(scene)
  })

  it('resumed after the third is done: the join fires once, at the last answer', async () => {
    const scene = await Scene.begin(approvals)
    await pause(scene)
    scene.print()
    await settle()
    await pause(scene)
    await scene.run.resume('finance', 'finance says yes')
    await pause(scene)
    expect(scene.callsOf('publish')).toBe(0)
    await scene.run.resume('legal', 'legal says yes')
    await finish(scene)
  })
})

describe.each(pauses)('a wait that is resumed twice, %s', (_, pause) => {
  it('is answered by the first, and the second is told WAIT_ANSWERED, also at the same time', async () => {
    const scene = await Scene.begin(approvals)
    const both = await Promise.allSettled([scene.run.resume('legal', 'first'), scene.run.resume('legal', 'second')])
    expect(both.map((one) => (one.status === 'rejected' ? codeOf(one.reason) : 'accepted'))).toEqual([
      'accepted',
      'WAIT_ANSWERED',
    ])
    await pause(scene)
    await expect(scene.run.resume('legal', 'third')).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
    await expect(scene.run.resume('legal:legal', 'third')).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
    await scene.run.resume('finance', 'yes')
    scene.print()
    expect((await scene.run.result()).output).toMatchObject({ legal: 'first' })
    await pause(scene)
    await expect(scene.run.resume('legal', 'fourth')).rejects.toMatchObject({ code: 'WAIT_ANSWERED' })
    expect(await scene.answered()).toEqual(['legal', 'finance'])
  })
})

describe.each(pauses)('an action that was not chosen, %s', (_, pause) => {
  it('never runs, neither before nor after a resume', async () => {
    const scene = await Scene.begin(decision)
    await pause(scene)
    await expect(scene.run.resume('other', 'wake up')).rejects.toMatchObject({ code: 'WAIT_NOT_OPEN' })
    expect(scene.calls).toEqual(['choose'])
    await scene.run.resume('ask', 'no', 'reject')
    await pause(scene)
    expect(await scene.run.result()).toMatchObject({ status: 'completed', output: { rejected: 'no' } })
    await pause(scene)
    await expect(scene.run.resume('other', 'wake up')).rejects.toMatchObject({ code: 'WAIT_NOT_OPEN' })
    await settle()
    expect(scene.calls).toEqual(['choose', 'rejected', 'end'])
    const { skipped } = await scene.run.result()
    expect(skipped).toEqual(['other', 'after-other', 'approved'])
  })
})
