export interface BlueprintProblem { code: string; message: string; severity: 'error'|'warning' }
export function validateBlueprint(_b: unknown, _o?: unknown): readonly BlueprintProblem[] { return [] }
