const directions: Readonly<Record<string, readonly [east: number, north: number]>> = {
  KeyW: [0, 1],
  ArrowUp: [0, 1],
  KeyS: [0, -1],
  ArrowDown: [0, -1],
  KeyA: [-1, 0],
  ArrowLeft: [-1, 0],
  KeyD: [1, 0],
  ArrowRight: [1, 0],
};

/** Where the held keys lead, as a vector of length 1; undefined when nowhere. */
export interface Heading {
  readonly east: number;
  readonly north: number;
}

/** Follows the keys that are held, by their place on the keyboard. Keys typed into a text field are left alone. */
export class Keyboard {
  private readonly held = new Set<string>();
  private readonly pressed: (code: string) => void;

  /** @param pressed told once for each key that goes down and is no direction. */
  constructor(pressed: (code: string) => void) {
    this.pressed = pressed;
    addEventListener('keydown', (event) => this.down(event));
    addEventListener('keyup', ({ code }) => this.held.delete(code));
    // Keys that are let go while another window has the focus are never told.
    addEventListener('blur', () => this.held.clear());
  }

  get heading(): Heading | undefined {
    let east = 0;
    let north = 0;
    for (const code of this.held) {
      east += directions[code]![0];
      north += directions[code]![1];
    }
    east = Math.sign(east);
    north = Math.sign(north);
    const length = Math.hypot(east, north);
    return length === 0 ? undefined : { east: east / length, north: north / length };
  }

  private down(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
    if (event.code in directions) {
      this.held.add(event.code);
      event.preventDefault();
    } else if (!event.repeat && !(event.code === 'Enter' && event.target instanceof HTMLButtonElement))
      this.pressed(event.code);
  }
}
