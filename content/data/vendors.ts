import type { Vendor } from '../schema/vendor.ts';

type Stock = Vendor['stock'][number];

/** Something that is always there, for everybody who could use it. */
function plenty(item: string, price: number, requiredLevel = 1): Stock {
  return { item, price, perDay: null, requiredLevel };
}

/** Something of which a realm gets so many in a day. */
function scarce(item: string, price: number, perDay: number, requiredLevel = 1): Stock {
  return { item, price, perDay, requiredLevel };
}

export const vendorRows: readonly Vendor[] = [
  {
    id: 'brine-and-sons',
    zone: 'glasswater-docks',
    stock: [
      plenty('stitch-spray', 12),
      plenty('battery-gel', 12),
      plenty('noodle-bowl', 9),
      plenty('rebar-cleaver', 80),
      plenty('dockside-pistol', 80),
      plenty('splice-lead', 80),
      plenty('weld-torch', 180, 3),
      plenty('tarpaulin-coat', 60),
      plenty('dockhand-boots', 40),
      plenty('welders-mask', 72, 2),
      plenty('cargo-trousers', 64, 2),
      plenty('insulated-gloves', 72, 3),
      scarce('servo-joint', 40, 500),
      scarce('second-hand-cortex', 300, 50, 3),
      scarce('gutter-optics', 300, 50, 3),
      scarce('tidewatch-carbine', 650, 10, 5),
    ],
  },
  {
    id: 'cinder-canteen',
    zone: 'ember-terraces',
    stock: [
      plenty('stitch-spray', 14),
      plenty('battery-gel', 14),
      plenty('noodle-bowl', 10),
      plenty('trauma-foam', 70, 8),
      plenty('arc-cell', 70, 8),
      plenty('jitter-patch', 90, 6),
      plenty('silver-tongue', 90, 5),
      scarce('coolant-flask', 45, 300, 10),
      scarce('hull-paste', 240, 100, 12),
      scarce('phoenix-ampoule', 450, 40, 18),
    ],
  },
];
