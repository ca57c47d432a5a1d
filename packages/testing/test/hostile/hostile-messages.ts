/** A message in the form that values have which JSON alone does not keep. */
function envelope(parts: Readonly<Record<string, unknown>>): string {
  return `s${JSON.stringify(parts)}`
}

/** The arguments `[json]`, annotated. */
function annotated(json: unknown, values: unknown): string {
  return envelope({ json: [json], values: { 0: values } })
}

const deep = '['.repeat(50_000) + ']'.repeat(50_000)

/** Messages that a stranger may put into the store, by what they are after (G25). */
export const hostileMessages: readonly (readonly [string, string | Uint8Array])[] = [
  ['a typed array of a billion elements', annotated(1e9, [['typed-array', 'Float64Array']])],
  ['an array of four billion slots', envelope({ json: [[1]], referentialEqualities: { 0: ['0.4294967290'] } })],
  ['an element far away', annotated([1], [[{ 4294967290: ['undefined'] }]])],
  ['a callable then', envelope({ json: [{}], referentialEqualities: { valueOf: ['0.then'] } })],
  ['inherited members', envelope({ json: [{}], referentialEqualities: { toString: ['0.a'] } })],
  ['a prototype', annotated({}, { '__proto__.polluted': ['undefined'] })],
  ['the prototype of all objects', annotated({}, { 'constructor.prototype.polluted': ['undefined'] })],
  ['a pattern that never ends', annotated('/(a+)+$/', ['regexp'])],
  ['a bigint of a million digits', annotated('7'.repeat(1_000_000), ['bigint'])],
  ['an instance of a class', annotated({}, [['class', 'Account']])],
  ['an error with a stack of functions', annotated({ name: 'E', message: 'm' }, ['Error'])],
  ['levels without end', deep],
  ['annotated levels without end', `s{"json":[1],"values":${deep}}`],
  ['very many holes', envelope({ json: [{}], holes: Array.from({ length: 100_000 }, () => [[0]]) })],
  ['nothing', ''],
  ['half a text', '["a'],
  ['a frame that ends too soon', new Uint8Array([0xf7, 1, 0xff, 0xff, 0xff, 0xff])],
  ['a frame of another version', new Uint8Array([0xf7, 9, 0, 0, 0, 0])],
  ['bytes at random', new Uint8Array([0, 159, 146, 150])],
]

/** Messages that are values, but no arguments. */
export const noArguments: readonly (readonly [string, string])[] = [
  ['no list', '{"length":4294967295}'],
  ['a number', '5'],
  ['undefined', 'u'],
]
