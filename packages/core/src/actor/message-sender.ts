import { HeddleError } from '../errors/heddle-error.ts'
import type { RunMessage } from '../model/run-message.ts'
import type { RunRef } from '../ports/run-records.ts'
import type { Delivery, DeliveryVerdict } from '../ports/turn-store.ts'
import type { ActorOptions } from './actor-options.ts'
import type { Definition } from './definitions.ts'
import { startRun } from './start-run.ts'
import { childResultValue } from './value-names.ts'

type Message<T extends RunMessage['type']> = Extract<RunMessage, { readonly type: T }>

type DeliverEvent = (
  run: RunRef,
  definition: Definition | undefined,
  delivery: Delivery,
) => Promise<DeliveryVerdict | undefined>

/** Carries the messages of a run's outbox to other runs: children to start or cancel, a parent to tell. */
export class MessageSender {
  private readonly options: ActorOptions
  private readonly deliver: DeliverEvent

  /** @param deliver delivers an event to a run, and drives its turn if it can */
  constructor(options: ActorOptions, deliver: DeliverEvent) {
    this.options = options
    this.deliver = deliver
  }

  /** Sends messages and takes them out of the outbox. One that cannot be sent now stays, and is sent again by the sweeper. */
  async send(run: RunRef, definition: Definition | undefined, messages: readonly RunMessage[]): Promise<void> {
    const { store, logger } = this.options
    for (const message of messages) {
      try {
        const isDone = await this.sendOne(run, definition, message)
        if (isDone) await store.clearMessage(run, message.id)
      } catch (error) {
        logger.warn(
          { err: error, runId: run.runId, message: message.id },
          'a message to another run could not be delivered; it is sent again',
        )
      }
    }
  }

  private async sendOne(run: RunRef, definition: Definition | undefined, message: RunMessage): Promise<boolean> {
    if (message.type === 'start-child') return this.startChild(run, message)
    if (message.type === 'notify-parent') return this.notifyParent(run, definition, message)
    const { store, enqueue } = this.options
    const reply = await store.cancel(message.childRunId, 'its parent run has ended', true)
    if (reply.status === 'accepted') await enqueue([reply.job])
    return true
  }

  private async startChild(run: RunRef, message: Message<'start-child'>): Promise<boolean> {
    const { store, enqueue, definitions } = this.options
    const child = definitions.get(message.definitionHash)
    if (child === undefined) return false
    const { [message.inputValue]: input } = await store.readValues(run, [message.inputValue])
    // The store has lost the commit that asks for this child: it is asked for again, or not at all.
    if (input === undefined) return false
    const { childRunId: runId, parent } = message
    const reply = await startRun(store, child, { runId, input, parent })
    if (reply.status === 'started' || reply.status === 'existing') await enqueue(reply.jobs)
    return true
  }

  private async notifyParent(
    run: RunRef,
    definition: Definition | undefined,
    message: Message<'notify-parent'>,
  ): Promise<boolean> {
    const { store, definitions } = this.options
    const { parent, childRunId, status, outputValue, errorText } = message
    const parentDefinition = definitions.get(parent.definitionHash)
    const serializer = (definition ?? parentDefinition)?.engine.serializer
    // Nobody here can read or write values of these runs: a worker that can will send it.
    if (serializer === undefined) return false
    const value = childResultValue(childRunId)
    let text = errorText ?? serializer.serialize(status === 'completed' ? undefined : cancelledError(childRunId))
    if (outputValue !== undefined) {
      const { [outputValue]: output } = await store.readValues(run, [outputValue])
      // The store has lost the end of this run: it ends again.
      if (output === undefined) return false
      text = output
    }
    const verdict = await this.deliver(parent, parentDefinition, {
      event: {
        id: `child/${childRunId}`,
        touches: parent.touches,
        type: 'resumed',
        visit: parent.visit,
        attempt: parent.attempt,
        source: { type: 'child', childRunId, status, ...(parent.call === undefined ? {} : { call: parent.call }) },
        resumption: { type: status === 'completed' ? 'child-completed' : 'child-failed', value },
      },
      values: { [value]: text },
    })
    // A parent that does not know its child has lost the commit that asks for it. Once it has asked again it must be told.
    return verdict !== 'rejected' || (await store.readRun(parent.runId))?.status !== 'live'
  }
}

function cancelledError(runId: string): HeddleError {
  return new HeddleError('RUN_CANCELLED', `child run "${runId}" was cancelled`, { details: { runId } })
}
