/**
 * Settings of every session of booking. Planning a statement anew costs as much as deciding ten requests, so each is
 * planned once, for arrays of any size; and never with sequential scans, which look cheap while the tables are new and
 * empty and would stay in the plan when they are not.
 */
export const PLAN_SETTINGS = { plan_cache_mode: 'force_generic_plan', enable_seqscan: 'off' } as const
