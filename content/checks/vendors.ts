import type { Catalogue } from '../catalogue.ts';
import type { ContentIndex } from './index-of.ts';
import type { Report } from './report.ts';

/** Every vendor of a zone sells something, what it sells exists and can be used, and nobody gets rich by its prices. */
export function checkVendors(content: Catalogue, index: ContentIndex, report: Report): void {
  const known = new Set(content.vendors.map(({ id }) => id));
  for (const zone of content.zones) {
    for (const point of zone.points) {
      if (point.kind !== 'vendor') continue;
      report.expect(known.has(point.id), `zones/${zone.id}`, `there is no vendor "${point.id}"`);
    }
  }
  for (const vendor of content.vendors) {
    const where = `vendors/${vendor.id}`;
    const point = index.zones.get(vendor.zone)?.points.find(({ id }) => id === vendor.id);
    report.expect(point?.kind === 'vendor', where, `it stands nowhere in "${vendor.zone}"`);
    report.expectUnique(
      vendor.stock.map(({ item }) => item),
      where,
      'item',
    );
    for (const { item: id, price, requiredLevel } of vendor.stock) {
      const item = index.items.get(id);
      report.expect(item !== undefined, where, `there is no item "${id}"`);
      if (!item) continue;
      report.expect(price > item.vendorValue, where, `${id} could be sold for more than it costs`);
      report.expect(requiredLevel >= item.requiredLevel, where, `${id} is sold to who cannot use it yet`);
      report.expect(item.kind !== 'quest', where, `${id} belongs to a quest`);
    }
  }
}
