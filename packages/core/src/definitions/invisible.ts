/**
 * Invisible and direction-changing characters: soft hyphen, zero-width and bidirectional controls, variation
 * selectors, tags. A model reads them and a person does not.
 */
export const INVISIBLE: RegExp =
  /[\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\u{E0000}-\u{E0FFF}]/gu;
