"""What DuckDB's functions return whatever their arguments, of those sqlglot knows by name alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from sqlglot import exp
from sqlglot.expressions import DType as Type

from seeknal_ci.sql.arithmetic import plain

BY_TYPE: Mapping[str, str] = {
    "BIGINT": """
        bit_length century count_star damerau_levenshtein date_sub datesub day dayofmonth dayofweek
        dayofyear decade editdist3 epoch_ns epoch_us era hamming hour instr isodow isoyear
        length_grapheme levenshtein list_approx_count_distinct list_count microsecond millennium
        millisecond minute mismatches month nanosecond octet_length quarter second strlen
        timezone_hour timezone_minute weekday weekofyear year yearweek""",
    "BIGINT[]": "array_grade_up grade_up list_grade_up",
    "BIT": "bitstring bitstring_agg set_bit",
    "BLOB": "from_binary unbin",
    "BOOLEAN": """
        array_has_all array_has_any contains ilike_escape isfinite json_contains json_valid
        like_escape list_contains list_has list_has_all list_has_any map_contains map_contains_entry
        map_contains_value not_ilike_escape not_like_escape prefix regexp_full_match signbit
        struct_contains struct_has suffix""",
    "DOUBLE": """
        entropy even favg fdiv fmod fsum gamma geomean geometric_mean jaccard jaro_similarity julian
        kahan_sum kurtosis_pop lgamma list_avg list_entropy list_kurtosis list_kurtosis_pop
        list_product list_sem list_skewness list_stddev_pop list_stddev_samp list_var_pop
        list_var_samp product regr_avgx regr_avgy regr_intercept regr_r2 regr_slope regr_sxx
        regr_sxy regr_syy sem std sumkahan wavg weighted_avg""",
    "HUGEINT": "binom count_if countif factorial",
    "INTEGER": """
        array_indexof array_position ascii bit_position get_bit list_indexof list_position ord
        struct_indexof struct_position unicode""",
    "INTERVAL": """
        age normalized_interval to_centuries to_days to_decades to_hours to_microseconds
        to_millennia to_milliseconds to_minutes to_months to_quarters to_seconds to_weeks
        to_years""",
    "JSON": """
        array_to_json json_array json_deep_merge json_group_array json_group_object
        json_group_structure json_insert json_merge_patch json_merge_patch_diff json_object
        json_quote json_remove json_replace json_set json_strip_nulls json_structure row_to_json
        to_json""",
    "TIME": "current_localtime make_time",
    "TIMESTAMP": """
        current_localtimestamp make_timestamp make_timestamp_ms strptime try_strptime""",
    "TIMESTAMP WITH TIME ZONE": """
        ago get_current_timestamp make_timestamptz now transaction_timestamp
        uuid_extract_timestamp""",
    "TIMESTAMP_NS": "make_timestamp_ns",
    "UBIGINT": "array_unique cardinality hash list_unique parse_formatted_bytes",
    "UHUGEINT": "md5_number",
    "UINTEGER": "regr_count uuid_extract_version",
    "UUID": "gen_random_uuid uuidv4 uuidv7",
    "VARCHAR": """
        alias bar base64 bin current_database current_query format_bytes json_normalize json_pretty
        left_grapheme list_string_agg nfc_normalize overlay parse_dirname parse_dirpath
        parse_filename path_join printf regexp_escape right_grapheme strip_accents
        substring_grapheme to_base to_binary url_decode url_encode user""",
    "VARCHAR[]": """
        current_schemas parse_path regexp_extract_all regexp_split_to_array str_split
        str_split_regex string_split string_split_regex struct_keys""",
}

SPECIAL = {"JSON": plain(Type.JSON), "TIMESTAMP_NS": plain(Type.TIMESTAMP_NS)}

NAMES = {name: kind for kind, names in BY_TYPE.items() for name in names.split()}

# Aggregates that sqlglot knows by name alone.
AGGREGATES = frozenset(
    {
        *("approx_top_k", "arbitrary", "arg_max_null", "arg_max_nulls_last", "arg_min_null"),
        *("arg_min_nulls_last", "bitstring_agg", "entropy", "favg", "fsum", "geomean"),
        *("geometric_mean", "histogram", "histogram_exact", "json_group_array"),
        *("json_group_object", "json_group_structure", "kahan_sum", "kurtosis_pop", "mad"),
        *("map_agg", "mean", "product", "regr_avgx", "regr_avgy", "regr_count", "regr_intercept"),
        *("regr_r2", "regr_slope", "regr_sxx", "regr_sxy", "regr_syy", "reservoir_quantile"),
        *("sem", "std", "sum_no_overflow", "sumkahan", "wavg", "weighted_avg"),
    }
)


def returned(name: str) -> exp.DataType | None:
    """What the function returns; None where that is not known, or not always the same."""
    kind = NAMES.get(name)
    return None if kind is None else _type(kind)


@cache
def _type(kind: str) -> exp.DataType:
    return SPECIAL.get(kind) or exp.DataType.build(kind, dialect="duckdb")
