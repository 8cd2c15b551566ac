/** What the demo studio holds. Days count from its opening. */
export const PROJECTS: readonly { name: string; day: number; completedOn: number | null }[] = [
  { name: 'Harbour Lights', day: 0, completedOn: 40 },
  { name: 'Quiet Machines', day: 18, completedOn: 62 },
  { name: 'Field Notes', day: 36, completedOn: null },
  { name: 'Night Market', day: 54, completedOn: null },
];

interface DemoAsset {
  readonly title: string;
  readonly assetType: string;
  readonly mimeType: string;
  readonly fileSize: number;
  readonly priceCents: number;
  readonly status: string;
  readonly project: string | null;
  readonly description: string;
  readonly day: number;
}

type Row = readonly [
  title: string,
  assetType: string,
  mimeType: string,
  fileSize: number,
  priceCents: number,
  status: string,
  project: string | null,
  day: number,
  description: string,
];

// biome-ignore format: a table reads best with one line per asset
const ROWS: readonly Row[] = [
  ['Harbour at Dawn', 'photograph', 'image/jpeg', 8_412_000, 12_900, 'approved', 'Harbour Lights', 3, 'First light over the container cranes, before the first ferry leaves.'],
  ['Low Tide, Three Boats', 'photograph', 'image/jpeg', 7_904_000, 9900, 'approved', 'Harbour Lights', 4, 'Three dinghies rest on wet sand. Room for a headline on the left.'],
  ['Lighthouse Keeper', 'illustration', 'image/svg+xml', 412_000, 24_500, 'approved', 'Harbour Lights', 9, 'A portrait in five colours, drawn for a tide calendar.'],
  ['Foghorn', 'audio', 'audio/wav', 31_250_000, 6900, 'approved', 'Harbour Lights', 12, 'Forty seconds of a real foghorn, recorded from the mole.'],
  ['Pier Loop', 'video', 'video/mp4', 184_300_000, 39_000, 'in_review', 'Harbour Lights', 15, 'A seamless loop of waves under a wooden pier, in 4K.'],
  ['Rope and Cleat', 'photograph', 'image/jpeg', 6_120_000, 7900, 'approved', 'Harbour Lights', 18, 'Texture study of a mooring line. Works large, works small.'],
  ['The Loom', '3D model', 'model/gltf-binary', 22_480_000, 48_000, 'approved', 'Quiet Machines', 21, 'A Jacquard loom with every moving part rigged.'],
  ['Gear Study No. 4', 'illustration', 'image/svg+xml', 268_000, 15_500, 'approved', 'Quiet Machines', 24, 'Line drawing of a planetary gear with even strokes.'],
  ['Type Case', 'photograph', 'image/tiff', 46_100_000, 18_900, 'approved', 'Quiet Machines', 27, 'Lead type in its drawer, shot from straight above.'],
  ['Clockwork Heart', 'illustration', 'image/svg+xml', 530_000, 27_500, 'in_review', 'Quiet Machines', 30, 'Cover motif for a novel about a watchmaker’s daughter.'],
  ['Steam Valve', 'audio', 'audio/wav', 12_800_000, 4900, 'approved', 'Quiet Machines', 33, 'Short, dry hisses in twelve lengths.'],
  ['Press Room, Empty', 'video', 'video/mp4', 221_700_000, 42_000, 'draft', 'Quiet Machines', 36, 'A slow pan through a printing hall on a Sunday.'],
  ['Barley, Late July', 'photograph', 'image/jpeg', 9_330_000, 11_900, 'approved', 'Field Notes', 39, 'A field an hour before the storm.'],
  ['Twelve Grasses', 'illustration', 'image/svg+xml', 874_000, 32_000, 'approved', 'Field Notes', 42, 'A botanical plate: twelve grasses, each named and to scale.'],
  ['Skylark', 'audio', 'audio/flac', 18_200_000, 5900, 'approved', 'Field Notes', 45, 'Three minutes of one bird, with hardly any wind.'],
  ['Hedgerow Map', 'illustration', 'application/pdf', 1_940_000, 21_000, 'approved', 'Field Notes', 48, 'A parish drawn by its hedges, ready for print.'],
  ['Tractor at Idle', 'audio', 'audio/wav', 9_400_000, 3900, 'retired', 'Field Notes', 51, 'A 1961 diesel, warm, from two metres.'],
  ['Orchard in Four Seasons', 'photograph', 'image/tiff', 61_800_000, 45_000, 'in_review', 'Field Notes', 54, 'The same tree on four days of one year.'],
  ['Lantern Row', 'photograph', 'image/jpeg', 8_850_000, 13_900, 'approved', 'Night Market', 57, 'Paper lanterns above a wet street.'],
  ['Dumpling Steam', 'video', 'video/mp4', 96_400_000, 28_000, 'approved', 'Night Market', 60, 'Baskets opened one after another, in slow motion.'],
  ['Neon Alphabet', 'font', 'font/otf', 186_000, 59_000, 'approved', 'Night Market', 63, 'A display face of one tube per letter, with 212 glyphs.'],
  ['Crowd Bed, Evening', 'audio', 'audio/wav', 54_700_000, 7900, 'approved', 'Night Market', 66, 'Ten minutes of a market with no words to make out.'],
  ['Stall No. 17', '3D model', 'model/gltf-binary', 34_100_000, 36_500, 'draft', 'Night Market', 69, 'A market stall with awning, crates and lamps.'],
  ['Studio Colophon', 'illustration', 'image/svg+xml', 96_000, 0, 'approved', null, 1, 'Our mark for your imprint page. Free with every licence.'],
];

export const ASSETS: readonly DemoAsset[] = ROWS.map(
  ([title, assetType, mimeType, fileSize, priceCents, status, project, day, description]) => ({
    title,
    assetType,
    mimeType,
    fileSize,
    priceCents,
    status,
    project,
    day,
    description,
  }),
);

interface DemoLicense {
  readonly asset: string;
  readonly licensee: string;
  readonly terms: string;
  readonly territory: string;
  readonly feeCents: number;
  readonly from: number;
  /** Null: no end. */
  readonly days: number | null;
  readonly signed: boolean;
}

// biome-ignore format: as above
export const LICENSES: readonly DemoLicense[] = [
  { asset: 'Harbour at Dawn', licensee: 'Nordwind Reederei', terms: 'Print and web, not exclusive', territory: 'Europe', feeCents: 12_900, from: 20, days: 365, signed: true },
  { asset: 'Harbour at Dawn', licensee: 'Saltwater Coffee', terms: 'Packaging, one product', territory: 'United States', feeCents: 38_000, from: 52, days: 730, signed: true },
  { asset: 'Lighthouse Keeper', licensee: 'Tide Almanac Press', terms: 'Calendar, one edition', territory: 'Worldwide', feeCents: 24_500, from: 30, days: 400, signed: true },
  { asset: 'Foghorn', licensee: 'Blue Hour Films', terms: 'Film score, in perpetuity', territory: 'Worldwide', feeCents: 9900, from: 41, days: null, signed: true },
  { asset: 'The Loom', licensee: 'Museum of Making', terms: 'Exhibition and catalogue', territory: 'United Kingdom', feeCents: 52_000, from: 60, days: 545, signed: true },
  { asset: 'Type Case', licensee: 'Letterform Quarterly', terms: 'Cover, one issue', territory: 'Europe', feeCents: 18_900, from: 64, days: 120, signed: true },
  { asset: 'Gear Study No. 4', licensee: 'Pendulum Games', terms: 'In-game artwork', territory: 'Worldwide', feeCents: 31_000, from: 72, days: null, signed: false },
  { asset: 'Twelve Grasses', licensee: 'Meadow & Sons', terms: 'Seed packets', territory: 'Germany, Austria, Switzerland', feeCents: 32_000, from: 80, days: 365, signed: true },
  { asset: 'Skylark', licensee: 'Slow Radio', terms: 'Broadcast, 20 times', territory: 'Europe', feeCents: 5900, from: 88, days: 180, signed: true },
  { asset: 'Neon Alphabet', licensee: 'Kiosk Brewing', terms: 'Logotype and packaging', territory: 'Worldwide', feeCents: 118_000, from: 101, days: 1095, signed: true },
  { asset: 'Lantern Row', licensee: 'Far & Near Travel', terms: 'Web, one campaign', territory: 'North America', feeCents: 13_900, from: 110, days: 90, signed: false },
  { asset: 'Dumpling Steam', licensee: 'Table Nineteen', terms: 'Social media, one year', territory: 'Worldwide', feeCents: 28_000, from: 118, days: 365, signed: true },
];

// biome-ignore format: as above
export const PAYOUTS: readonly { day: number; amountCents: number; paymentMethod: string; status: string }[] = [
  { day: 31, amountCents: 9030, paymentMethod: 'bank_transfer', status: 'completed' },
  { day: 62, amountCents: 43_750, paymentMethod: 'bank_transfer', status: 'completed' },
  { day: 66, amountCents: 6930, paymentMethod: 'paypal', status: 'completed' },
  { day: 93, amountCents: 36_400, paymentMethod: 'bank_transfer', status: 'completed' },
  { day: 95, amountCents: 22_400, paymentMethod: 'paypal', status: 'failed' },
  { day: 124, amountCents: 82_600, paymentMethod: 'bank_transfer', status: 'completed' },
  { day: 126, amountCents: 9730, paymentMethod: 'paypal', status: 'completed' },
  { day: 153, amountCents: 19_600, paymentMethod: 'bank_transfer', status: 'pending' },
];
