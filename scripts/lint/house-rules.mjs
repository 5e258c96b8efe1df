/**
 * The lint rules that only this house has. oxlint loads them as a plugin; see `.oxlintrc.json` for where they are on.
 */

const builtInErrors = new Set([
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'EvalError',
  'URIError',
  'AggregateError',
])

const noBareError = {
  meta: {
    type: 'problem',
    docs: {
      description: 'Only HeddleError and its subclasses are made: they carry a code, details, retryable and a cause.',
    },
    messages: { bare: 'Make a HeddleError with a code instead of {{name}}: every error has a code and a page.' },
    schema: [],
  },
  create(context) {
    const check = (node) => {
      if (node.callee.type === 'Identifier' && builtInErrors.has(node.callee.name)) {
        context.report({ node, messageId: 'bare', data: { name: node.callee.name } })
      }
    }
    return { NewExpression: check, CallExpression: check }
  },
}

export default {
  meta: { name: 'house' },
  rules: { 'no-bare-error': noBareError },
}
