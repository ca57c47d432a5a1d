// biome-ignore-all lint/suspicious/noExplicitAny: `any` is among the cases
import { TaskSpace } from '../api.ts'

export const letters = new TaskSpace('letters', { count: (text: string) => text.length })
export const words = new TaskSpace('letters.words', { split: (text: string) => text.split(' ') })
export const limit = 10
export const anything: any = 1
export function helper(): void {}
// biome-ignore lint/style/noDefaultExport: modules of users may have one
export default letters
