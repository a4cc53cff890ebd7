"""Numbers in, numbers out: what a page counts, compares and draws lines through.

One subject a module; pages import from here. Where there is no answer, there is a ``Reason`` and never a NaN; only the functions that
take whole columns (``share_percent``, ``wilson_interval``, ``weighted_mean``, ``weighted_median``) keep numpy's NaN for an absent figure.
"""

from heatmap.statistics.benchmarks import Comparison, Outcome, Polarity, compare, compare_by_fifths, compare_by_interval
from heatmap.statistics.chance import SIGNIFICANT, chance_of_overlap
from heatmap.statistics.estimates import Estimate, Figure, Numbers, Reason, absent, z_of
from heatmap.statistics.gradients import Bend, Gap, Gradient, compare_ends, fit_gradient
from heatmap.statistics.groups import Group, Groups, Scale, group_counts, group_published, group_values
from heatmap.statistics.proportions import proportion, share_percent, wilson_interval
from heatmap.statistics.ranks import decile_of_rank, percentile_among, percentile_position, rank_among
from heatmap.statistics.rates import byar_interval, count_interval, directly_standardised_rate, exact_interval, rate
from heatmap.statistics.weighted import weighted_mean, weighted_median

__all__ = [
    "SIGNIFICANT",
    "Bend",
    "Comparison",
    "Estimate",
    "Figure",
    "Gap",
    "Gradient",
    "Group",
    "Groups",
    "Numbers",
    "Outcome",
    "Polarity",
    "Reason",
    "Scale",
    "absent",
    "byar_interval",
    "chance_of_overlap",
    "compare",
    "compare_by_fifths",
    "compare_by_interval",
    "compare_ends",
    "count_interval",
    "decile_of_rank",
    "directly_standardised_rate",
    "exact_interval",
    "fit_gradient",
    "group_counts",
    "group_published",
    "group_values",
    "percentile_among",
    "percentile_position",
    "proportion",
    "rank_among",
    "rate",
    "share_percent",
    "weighted_mean",
    "weighted_median",
    "wilson_interval",
    "z_of",
]
