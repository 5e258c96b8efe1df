import type { BlueprintFacts } from './blueprint-facts.ts'

/** Settings that a blueprint may have and that nothing of Heddle carries out yet, with what does it meanwhile. */
const notCarriedOut: ReadonlyMap<'concurrencyKey' | 'queue', string> = new Map([
  [
    'concurrencyKey',
    'attempts are not limited by it: limit them where the work is done, or by "concurrency" of a run or worker',
  ],
  [
    'queue',
    'every worker takes the jobs of this node: the name only travels with them, for a job queue of your own to read',
  ],
])

/** Settings that have no effect are warned about. */
export function checkSettings(facts: BlueprintFacts): void {
  for (const { id, uses, config, params } of facts.nodes) {
    if (uses === 'sleep' && params?.['durationMs'] !== undefined && params['until'] !== undefined) {
      const message = `Node "${id}" has params.durationMs and params.until; it sleeps until the moment of "until", and the duration has no effect.`
      facts.report('UNUSED_SETTING', message, { nodeId: id, severity: 'warning' })
    }
    if (config === undefined) continue
    for (const [setting, instead] of notCarriedOut) {
      if (config[setting] === undefined) continue
      const message = `Node "${id}" has config.${setting}, which is not carried out yet; ${instead}.`
      facts.report('UNUSED_SETTING', message, { nodeId: id, severity: 'warning' })
    }
  }
}
