import { RunToCompletionOrchestrator, StepByStepOrchestrator } from '@heddle/core'
import { describe, expect, it } from 'vitest'
import { describeOrchestrator } from '../src/conformance/describe-orchestrator.ts'

const test = { describe, it, expect }

describeOrchestrator('RunToCompletionOrchestrator', () => new RunToCompletionOrchestrator(), { test })

describeOrchestrator('StepByStepOrchestrator', () => new StepByStepOrchestrator(), {
  test,
  skip: {
    'a node starts as soon as its own join fires, with no barrier between batches':
      'a step is a batch, and waits for all of it',
  },
})
