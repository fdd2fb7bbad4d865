"""Numbers to numbers: intervals, penalised regression, chance. No letters and no tables of ours."""
