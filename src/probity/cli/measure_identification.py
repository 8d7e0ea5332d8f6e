"""`probity measure identification`: FPIR and TPIR of searches (1:N), by group."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from probity.cli.json_output import print_json
from probity.cli.measure import (
    Format,
    FormatOption,
    LevelOption,
    ReportOption,
    require_level,
    write_report,
)

if TYPE_CHECKING:
    from probity.performance.identification.trial import Trial


class ModeName(StrEnum):
    """How police use the search."""

    LIVE = "live"
    OPERATOR_INITIATED = "operator-initiated"
    RETROSPECTIVE = "retrospective"


class EngineName(StrEnum):
    """How the engine screens scores; what is reported is exact with either."""

    INT16 = "int16"
    FLOAT32 = "float32"


def identification(
    *,
    templates: Annotated[
        Path | None, typer.Option(help="Vectors: .npy, .npz, .parquet or .safetensors.")
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(help="CSV: row,sample_id,subject_id,role(probe|gallery),group[,quality]."),
    ] = None,
    scores: Annotated[
        list[Path] | None,
        typer.Option(help="Instead: scores of every probe with the whole gallery."),
    ] = None,
    threshold: Annotated[
        list[float] | None,
        typer.Option(help="An alert needs a score at or above; give it again for more."),
    ] = None,
    gallery_size: Annotated[
        list[int] | None,
        typer.Option(help="People in a random sub-gallery; give it again for more."),
    ] = None,
    mode: Annotated[ModeName, typer.Option(help="How the search is used.")] = ModeName.LIVE,
    rank: Annotated[
        int | None, typer.Option(min=1, help="The right person counts at this rank or better.")
    ] = None,
    list_length: Annotated[
        int | None, typer.Option(min=1, help="Candidates returned at most.")
    ] = None,
    group_separator: Annotated[
        str | None, typer.Option(help="Between the parts of a group's name: 'Black|female'.")
    ] = None,
    allow_duplicates: Annotated[
        bool, typer.Option("--allow-duplicates", help="Accept samples with the same vector.")
    ] = False,
    engine: Annotated[EngineName, typer.Option(help="How scores are screened.")] = EngineName.INT16,
    seed: Annotated[int, typer.Option(min=0, help="Of sub-galleries and simulations.")] = 0,
    level: LevelOption = 0.95,
    output: FormatOption = Format.TABLE,
    report: ReportOption = None,
) -> None:
    """FPIR, TPIR, CMC and false match rates of searches in galleries of several sizes."""
    from probity.performance.identification.measure import identification as measure
    from probity.performance.identification.modes import mode_of

    require_level(level)
    found = measure(
        _trial(templates, manifest, scores, engine=engine, allow_duplicates=allow_duplicates),
        thresholds=threshold or (),
        gallery_sizes=gallery_size or (),
        mode=mode_of(mode.value, list_length=list_length, rank=rank),
        separator=group_separator or None,
        seed=seed,
        level=level,
    )
    if output is Format.JSON:
        from probity.performance.identification.as_json import as_json

        print_json(as_json(found))
    else:
        from probity.cli.identification_tables import print_identification

        print_identification(found)
    if report is not None:
        from probity.publish.performance_page import identification_page

        write_report(identification_page(found), out=report, output=output)


def _trial(
    templates: Path | None,
    manifest: Path | None,
    scores: list[Path] | None,
    *,
    engine: EngineName,
    allow_duplicates: bool,
) -> "Trial":
    if scores and templates is None and manifest is None:
        from probity.performance.identification.score_trial import ScoreTrial
        from probity.performance.scores.chain import ChainedScores
        from probity.performance.scores.opening import open_scores

        parts = [open_scores(path) for path in scores]
        return ScoreTrial(parts[0] if len(parts) == 1 else ChainedScores(parts))
    if templates is None or manifest is None or scores:
        raise typer.BadParameter("give --templates with --manifest, or --scores")
    from probity.performance.identification.template_trial import trial_of_templates
    from probity.performance.templates import read_templates

    read = read_templates(templates, manifest, allow_duplicates=allow_duplicates)
    return trial_of_templates(read, engine=engine.value)
