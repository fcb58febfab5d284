/** A place on the zone's map: metres, north is up. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export const colours = {
  ground: '#0b0f14',
  outside: '#070a0d',
  grid: '#1d2936',
  seen: '#111c27',
  seenEdge: '#2d6a86',
  rest: '#1f7a4d',
  wall: '#33414f',
  wallEdge: '#56687a',
  label: '#d7e1ea',
  dim: '#8fa1b3',
  own: '#4fd6ff',
  player: '#7ee0a3',
  npc: '#ffb347',
  fighting: '#ff5d5d',
  evading: '#b58cff',
  dead: '#54606c',
  health: '#43c97c',
  healthGone: '#4a1f24',
} as const;

/** One colour for each player who looks, told apart by their entity's number. */
export function colourOf(entityId: number): string {
  return `hsl(${(entityId * 137) % 360} 70% 65%)`;
}

/** A canvas that shows a piece of the zone: turns metres into pixels and back, sharp on every screen. */
export class MapCanvas {
  readonly context: CanvasRenderingContext2D;
  private readonly canvas: HTMLCanvasElement;
  private centre: Place = { x: 0, y: 0 };
  private pixelsPerMetre = 10;
  private width = 0;
  private height = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d')!;
  }

  /** Begins a picture around this place. */
  begin(centre: Place, pixelsPerMetre: number): void {
    const { canvas, context } = this;
    const { width, height } = canvas.getBoundingClientRect();
    const ratio = devicePixelRatio;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    this.width = width;
    this.height = height;
    this.centre = centre;
    this.pixelsPerMetre = pixelsPerMetre;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.globalAlpha = 1;
    context.fillStyle = colours.outside;
    context.fillRect(0, 0, width, height);
  }

  /** The zoom at which an area fits. */
  fitting(width: number, height: number): number {
    const { width: across, height: down } = this.canvas.getBoundingClientRect();
    return 0.96 * Math.min(across / width, down / height);
  }

  get scale(): number {
    return this.pixelsPerMetre;
  }

  toScreen({ x, y }: Place): Place {
    return {
      x: this.width / 2 + (x - this.centre.x) * this.pixelsPerMetre,
      y: this.height / 2 - (y - this.centre.y) * this.pixelsPerMetre,
    };
  }

  /** The place under a pointer. */
  toMap(event: MouseEvent): Place {
    return {
      x: this.centre.x + (event.offsetX - this.width / 2) / this.pixelsPerMetre,
      y: this.centre.y - (event.offsetY - this.height / 2) / this.pixelsPerMetre,
    };
  }

  isInSight({ x, y }: Place): boolean {
    return x > -40 && y > -40 && x < this.width + 40 && y < this.height + 40;
  }

  /** A rectangle by its south-west corner, in metres. */
  rectangle(corner: Place, width: number, height: number, fill?: string, stroke?: string): void {
    const { context, pixelsPerMetre } = this;
    const { x, y } = this.toScreen({ x: corner.x, y: corner.y + height });
    if (fill !== undefined) {
      context.fillStyle = fill;
      context.fillRect(x, y, width * pixelsPerMetre, height * pixelsPerMetre);
    }
    if (stroke === undefined) return;
    context.strokeStyle = stroke;
    context.strokeRect(x, y, width * pixelsPerMetre, height * pixelsPerMetre);
  }

  /** A circle around a place; its radius in pixels. */
  circle(at: Place, radius: number, style: { readonly fill?: string; readonly stroke?: string }): void {
    const { context } = this;
    const { x, y } = this.toScreen(at);
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    if (style.fill !== undefined) {
      context.fillStyle = style.fill;
      context.fill();
    }
    if (style.stroke === undefined) return;
    context.strokeStyle = style.stroke;
    context.stroke();
  }

  line(from: Place, to: Place, stroke: string): void {
    const { context } = this;
    const a = this.toScreen(from);
    const b = this.toScreen(to);
    context.strokeStyle = stroke;
    context.beginPath();
    context.moveTo(a.x, a.y);
    context.lineTo(b.x, b.y);
    context.stroke();
  }

  /** A text in the middle above or below a place, by pixels. */
  text(at: Place, text: string, colour: string, pixelsBelow: number, font = '12px system-ui, sans-serif'): void {
    const { context } = this;
    const { x, y } = this.toScreen(at);
    context.font = font;
    context.textAlign = 'center';
    context.lineWidth = 3;
    context.strokeStyle = colours.ground;
    context.strokeText(text, x, y + pixelsBelow);
    context.fillStyle = colour;
    context.fillText(text, x, y + pixelsBelow);
    context.lineWidth = 1;
  }
}

/** The area of a zone with its grid of cells; those that are seen stand out. */
export function drawGrid(
  map: MapCanvas,
  zone: {
    readonly originX: number;
    readonly originY: number;
    readonly width: number;
    readonly height: number;
    readonly cellMetres: number;
  },
  seen: readonly number[],
): void {
  const { originX, originY, width, height, cellMetres } = zone;
  const columns = Math.ceil(width / cellMetres);
  const corner = (cell: number): Place => ({
    x: originX + (cell % columns) * cellMetres,
    y: originY + Math.floor(cell / columns) * cellMetres,
  });
  map.context.lineWidth = 1;
  map.rectangle({ x: originX, y: originY }, width, height, colours.ground);
  for (const cell of seen) map.rectangle(corner(cell), cellMetres, cellMetres, colours.seen);
  for (let x = originX; x <= originX + width; x += cellMetres)
    map.line({ x, y: originY }, { x, y: originY + height }, colours.grid);
  for (let y = originY; y <= originY + height; y += cellMetres)
    map.line({ x: originX, y }, { x: originX + width, y }, colours.grid);
  if (seen.length > 0) outline(map, seen.map(corner), cellMetres, colours.seenEdge);
}

/** What stands in the way: west, south, east and north side of each, in metres. */
export function drawWalls(map: MapCanvas, walls: readonly (readonly [number, number, number, number])[]): void {
  for (const [west, south, east, north] of walls)
    map.rectangle({ x: west, y: south }, east - west, north - south, colours.wall, colours.wallEdge);
}

/** The border around a block of cells. */
export function outline(map: MapCanvas, corners: readonly Place[], cellMetres: number, stroke: string): void {
  const west = Math.min(...corners.map(({ x }) => x));
  const south = Math.min(...corners.map(({ y }) => y));
  const east = Math.max(...corners.map(({ x }) => x)) + cellMetres;
  const north = Math.max(...corners.map(({ y }) => y)) + cellMetres;
  map.context.lineWidth = 1.5;
  map.rectangle({ x: west, y: south }, east - west, north - south, undefined, stroke);
  map.context.lineWidth = 1;
}

/** The 3×3 cells around a cell, fewer at the edge. */
export function cellsAround(cell: number, columns: number, rows: number): number[] {
  const column = cell % columns;
  const row = Math.floor(cell / columns);
  const around: number[] = [];
  for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r++)
    for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++) around.push(r * columns + c);
  return around;
}
