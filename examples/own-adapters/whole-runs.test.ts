import { EventDrivenOrchestrator } from '@heddle/core'
import { describeOrchestrator } from '@heddle/testing/conformance'
import { describe, expect, it } from 'vitest'
import { ownStore } from './own-store.ts'

describeOrchestrator(
  'EventDrivenOrchestrator over ownStore',
  ({ clock }) => new EventDrivenOrchestrator({ store: ownStore({ clock }), clock }),
  { test: { describe, it, expect } },
)
