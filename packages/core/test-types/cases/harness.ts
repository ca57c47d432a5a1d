// biome-ignore-all lint/suspicious/noExplicitAny: `any` is among the cases
import { accepts, same } from '../same.ts'

declare const any: any
declare const unknown: unknown
declare const never: never

same<number>()(1 as number)
same<any>()(any)
// @ts-expect-error wider
same<number | string>()(1 as number)
// @ts-expect-error narrower
same<number>()(1 as number | string)
// @ts-expect-error `any` is no number
same<number>()(any)
// @ts-expect-error `any` is not unknown
same<unknown>()(any)
// @ts-expect-error a number is not any
same<any>()(1 as number)
// @ts-expect-error `never` is no number
same<number>()(never)
// @ts-expect-error unknown is no number
accepts<number>(unknown)
