/** From the log-probability, the number of tokens (the end counted) and the attention summed over them. */
export type Score = (logProbability: number, length: number, coverage: Float32Array | null) => number;

/** A part of the source that got less attention than this in all counts as so much. */
const LEAST_COVERAGE = 1e-6;

/** Log-probability divided by the length to this power. */
export function byLength(power: number): Score {
  return (logProbability, length) => logProbability / Math.max(1, length) ** power;
}

/** Equation 14 of Wu et al. 2016 ("Google's neural machine translation system"). */
export function byLengthAndCoverage(lengthPenalty: number, coveragePenalty: number): Score {
  return (logProbability, length, coverage) => {
    const normalized = logProbability / ((5 + length) / 6) ** lengthPenalty;
    if (!coveragePenalty || !coverage) return normalized;
    let covered = 0;
    for (const one of coverage) covered += Math.log(Math.min(1, Math.max(LEAST_COVERAGE, one)));
    return normalized + coveragePenalty * covered;
  };
}
