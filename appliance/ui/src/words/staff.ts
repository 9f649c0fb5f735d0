// All words of the console, by language.  They are put together here and not in zh.ts and en.ts, which the widget reads, too:
// a spread there would make it carry them.

import type { Lang } from "../link/frames";
import * as en from "./en";
import type { StaffWords } from "./index";
import * as load from "./load";
import * as zh from "./zh";

export const staffWords: Record<Lang, StaffWords> = { zh: { ...zh.staff, ...load.zh }, en: { ...en.staff, ...load.en } };
