import type { CommandRow } from "../command.ts";
import type { Setting } from "./setting.ts";
import { SETTINGS, SETTING_LIST } from "./settings.ts";

/** The settings whose flags a command takes, as it has them, and flags that are its own. */
export function settingsOf({ flags, own = [], except = [] }: CommandRow): readonly Setting<unknown>[] {
  const kept = (setting: Setting<unknown>): boolean => except.every((key) => setting !== SETTINGS[key]);
  const settings = flags === "all" ? SETTING_LIST.filter(kept) : flags.map((key) => SETTINGS[key]);
  const more = own.filter(({ key }) => settings.every((setting) => setting.key !== key));
  return [...settings.map((setting) => own.find(({ key }) => key === setting.key) ?? setting), ...more];
}
