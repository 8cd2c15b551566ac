import { describe, expect, it } from 'vitest';
import { parseAsPropCondition, propsInput } from './prop-condition.ts';

describe('conditions on props', () => {
  it('become what a search takes, those of one prop together', () => {
    const input = propsInput([
      { prop: 'bytes', op: 'above', text: '10' },
      { prop: 'bytes', op: 'below', text: '99.5' },
      { prop: 'path', op: 'contains', text: '/assets' },
      { prop: 'success', op: 'is', text: 'false' },
      { prop: 'label', op: 'is', text: '"42"' },
      { prop: 'query', op: 'missing', text: '' },
    ]);
    expect(input).toEqual({
      bytes: { above: 10, below: 99.5 },
      path: { contains: '/assets' },
      success: { is: false },
      label: { is: '42' },
      query: { exists: false },
    });
  });

  it('stand in the URL, with whatever is in their text', () => {
    const condition = { prop: 'path', op: 'contains', text: '/~ada' } as const;
    expect(parseAsPropCondition.parse(parseAsPropCondition.serialize(condition))).toEqual(condition);
    expect(parseAsPropCondition.parse('path~equals~/')).toBeNull();
  });
});
