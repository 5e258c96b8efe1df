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

const noFunctionOnProperty = {
  meta: {
    type: 'problem',
    docs: {
      description:
        'V8 puts a function literal that is assigned to a property into the old generation at once. Until the next full collection all ' +
        'that it closes over is then kept, a whole run for instance, and copied by every small collection: twice the time of a run.',
    },
    messages: {
      assigned:
        'V8 keeps what this function closes over until the next full collection. Give the object a method, or assign the function by a name.',
    },
    schema: [],
  },
  create(context) {
    return {
      AssignmentExpression({ left, right }) {
        const isFunction = right.type === 'ArrowFunctionExpression' || right.type === 'FunctionExpression'
        if (isFunction && left.type === 'MemberExpression') context.report({ node: right, messageId: 'assigned' })
      },
    }
  },
}

export default {
  meta: { name: 'house' },
  rules: { 'no-bare-error': noBareError, 'no-function-on-property': noFunctionOnProperty },
}
