import type { Fault, Kind } from '@baqylau/contracts'
import { type Field, fieldsOf, sectionsOf } from './form-model.ts'
import { isDay, isTime, type Typed, typedAt } from './read-form.ts'

/** A fault at a field of the form: left empty where something is needed, or filled with what cannot be taken. */
export interface FormFault {
  readonly field: Field
  readonly reason: 'missing' | 'refused'
}

export interface FormFaults {
  /** In the order of the form, one per field. */
  readonly atFields: readonly FormFault[]
  /** Something is wrong that no field of the form can mend. */
  readonly elsewhere: boolean
}

/** The form asks for a day and a time, of which the report makes one: so the fault is the day's unless the time is none. */
const namesOfBeginning = (typed: Typed): readonly string[] => {
  const time = typedAt(typed, 'occurred.time')
  if (time === '' || isTime(time)) return ['occurred.date']
  return isDay(typedAt(typed, 'occurred.date')) ? ['occurred.time'] : ['occurred.date', 'occurred.time']
}

/** The field at a place of the report; or the first one within that, or the one that it is within. */
const nameOf = (path: string, fields: readonly Field[]): string | undefined => {
  const name = path.slice(1).replaceAll('/', '.')
  const field =
    fields.find((each) => each.name === name) ??
    fields.find((each) => each.name.startsWith(`${name}.`) || name.startsWith(`${each.name}.`))
  return field?.name
}

/** The faults of a report that was read from this form, each at its field. */
export const faultsOnForm = (kind: Kind, typed: Typed, faults: readonly Fault[]): FormFaults => {
  const fields = fieldsOf(sectionsOf(kind))
  const namesAt = ({ path }: Fault): readonly (string | undefined)[] =>
    path === '/occurred/from' ? namesOfBeginning(typed) : [nameOf(path, fields)]
  const names = new Set(faults.flatMap(namesAt))
  return {
    atFields: fields
      .filter(({ name }) => names.has(name))
      .map((field) => ({ field, reason: typedAt(typed, field.name) === '' ? 'missing' : 'refused' })),
    elsewhere: names.has(undefined),
  }
}
