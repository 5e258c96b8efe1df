import type { StartRequest } from '@heddle/core'

/** What starts a run that has nothing but its id. */
export function requestOf(runId: string, fields: Partial<StartRequest> = {}): StartRequest {
  return {
    runId,
    incarnation: `incarnation-of-${runId}`,
    workflowId: 'w',
    definitionHash: 'hash',
    input: '1',
    shared: {},
    journal: [],
    onFailure: 'stop',
    ...fields,
  }
}
