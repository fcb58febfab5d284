interface Origin {
  readonly id: string;
  readonly name: string;
  readonly summary: string;
}

/** Where a character comes from: colours what people say to it. */
export const origins = [
  {
    id: 'gutter-born',
    name: 'Gutter-born',
    summary: 'Raised between the pumps of the lower docks. Knows every way out.',
  },
  { id: 'tower-fallen', name: 'Tower-fallen', summary: 'Had a badge, a view and a pension. Has a grudge now.' },
  { id: 'salt-drifter', name: 'Salt Drifter', summary: 'Came in over the flats with a convoy that left without them.' },
  { id: 'clinic-made', name: 'Clinic-made', summary: 'Woke up on a table, already in debt for the body.' },
] as const satisfies readonly Origin[];
