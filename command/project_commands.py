"""``heatmap projects``: list, bring in and take out, review, keep up, back up and restore what people share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from heatmap.errors import HeatmapError
from heatmap.files.text_files import MARK

if TYPE_CHECKING:
    from heatmap.projects.backup import Plan
    from heatmap.projects.finding import Listed, Projects
    from heatmap.projects.record import Project
    from heatmap.projects.store import ClosedProject, ProjectChange, ProjectStore, Waiting

app = typer.Typer(
    help="The projects on the action map: list, import, export, review and back up. See docs/projects.md.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
reviewers = typer.Typer(help="Who may review what people share.", no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(reviewers, name="reviewer")

OnDay = Annotated[str, typer.Option("--on", help="Count age from another day than today, like 2026-11-25.")]


@app.command(name="list")
def list_projects(
    place: Annotated[str, typer.Option(help="Only in or for this area, by its code.")] = "",
    theme: Annotated[str, typer.Option(help="Only on this theme.")] = "",
    search: Annotated[str, typer.Option(help="Only those with these words.")] = "",
    on: OnDay = "",
) -> None:
    """List the projects that readers see."""
    from heatmap.projects.finding import ProjectsAsked
    from heatmap.projects.vocabulary import words_of

    if theme and theme not in words_of("themes"):
        raise HeatmapError(f"We do not have that theme. Choose one of: {', '.join(words_of('themes'))}.")
    shelf = _open_shelf(on)
    _tell(shelf.find(ProjectsAsked(place=place, theme=theme, search=search, national=True)))


@app.command()
def stale(on: OnDay = "") -> None:
    """List the projects that their teams have not confirmed for twelve months, or ever, and those said to be out of date."""
    old = [one for one in _open_shelf(on).all() if one.freshness != "confirmed" or one.said_out_of_date]
    _tell(old)
    typer.echo(f"{len(old)} to be confirmed. Each team can do that by its private link; make one with: heatmap projects link ID")


@app.command()
def template(file: Annotated[Path, typer.Argument(help="The file to write, .xlsx or .csv.")]) -> None:
    """Write an empty table to fill in, with a sheet that says what each column holds."""
    from heatmap.projects.sheets import write_projects_csv, write_xlsx

    _write(file, MARK + write_projects_csv(()) if _is_csv(file) else write_xlsx(()))
    typer.echo(f"Written: {file.name}. Fill it in, then: heatmap projects import {file.name}")


@app.command(name="import")
def bring(
    file: Annotated[Path, typer.Argument(help="A CSV or an Excel workbook with the headings of the template.")],
    check: Annotated[bool, typer.Option("--check", help="Only say what is wrong; keep nothing.")] = False,
) -> None:
    """Bring in projects from a table, as accepted: all of them, or, where a line has a fault, none."""
    from heatmap.projects.sheets import date_added, read_project_table
    from heatmap.projects.shipped import read_shipped
    from heatmap.projects.store import open_store
    from heatmap.snapshot import open_snapshot

    store, shipped = open_store(), read_shipped()
    known = {one.id: (one,) for one in shipped}
    for id_, records in store.records().items() if store.database.is_there() else ():
        known[id_] = (*known.get(id_, ()), *records)
    projects = read_project_table(file, open_snapshot(), known, lambda said: typer.echo(said, err=True))
    if check:
        typer.echo(f"{len(projects)} projects, and nothing is wrong with them. Keep them: heatmap projects import {file.name}")
        return
    before = {one.id: one for one in shipped} | {id_: one for id_, (one, _version) in store.shown().kept.items()}
    new, changed = store.bring(date_added(projects, before, date.today()), shipped)
    typer.echo(f"Imported: {new} new, {changed} changed, {len(projects) - new - changed} as they were.")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="The file to write, .xlsx or .csv.")],
) -> None:
    """Write all projects that readers see into a table, from which import reads the same again."""
    from heatmap.projects.sheets import write_projects_csv, write_xlsx

    projects = [one.project for one in _open_shelf("").all()]
    _write(file, MARK + write_projects_csv(projects) if _is_csv(file) else write_xlsx(projects))
    typer.echo(f"Written: {file.name}, {len(projects)} projects")


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="The file to write.")]) -> None:
    """Write everything that people shared, and every change, into one file; for SQLite and PostgreSQL alike."""
    from heatmap.projects.backup import write_backup
    from heatmap.projects.store import open_store

    held = write_backup(open_store().database, file)
    typer.echo(f"Written: {file.name}, {held['project']} projects, {held['change']} changes. Keep it where only you can read it.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that backup has written.")],
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of what is in the database now.")] = False,
    reviewers: Annotated[
        bool, typer.Option("--reviewers", help="Let the tokens of its reviewers work again, but those taken back.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --replace: do it. Without it, what would happen is listed.")] = False,
) -> None:
    """Put a backup into an empty database: all of it, or nothing. What was taken away since does not come back."""
    from heatmap.projects.backup import plan_restore, read_backup
    from heatmap.projects.store import open_store

    database = open_store().database
    plan = plan_restore(database, file, replace=replace, reviewers=reviewers)
    _tell_plan(plan, is_new=not replace)
    if replace and not yes:
        typer.echo("Nothing was restored yet. Read the list, then add --yes.")
        return
    held = read_backup(database, file, replace=replace, reviewers=reviewers)
    typer.echo(f"Restored: {held['project']} projects, {held['change']} changes")
    if not reviewers and held["reviewer"]:
        typer.echo("No token of the backup's reviewers works. Make new ones: heatmap projects reviewer add ROLE")


def _tell_plan(plan: Plan, *, is_new: bool) -> None:
    """What a restore would do, project by project."""
    for said, found in (
        ("Readers would see again", plan.shown),
        ("Would be lost, since the backup does not have it", plan.lost),
        ("Stays off the map", plan.stays_off),
        ("Stays as it is now, because words were removed from it", plan.redacted),
    ):
        for id_, title in found:
            typer.echo(f"{said}: {id_}: {_one_line(title)}")
    for id_ in plan.erased:
        typer.echo(f"Stays erased: {id_}")
    if plan.reviewers > 0:
        typer.echo(f"Reviewers whose token would work again: {plan.reviewers}")
    if is_new and plan.shown:
        typer.echo(
            "This database is empty, so it cannot know what was taken off or erased after the backup was made. Check the list against your"
            " notes."
        )


@app.command()
def erase(
    project: Annotated[str, typer.Argument(help="The project's id.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do it. It cannot be undone.")] = False,
) -> None:
    """Delete a project for good: its texts, its history, its link, and what readers said of it. Only its id stays, so that no restore
    brings it back."""
    from heatmap.projects.shipped import read_shipped
    from heatmap.projects.store import open_store

    if not yes:
        raise HeatmapError(f"Nothing was erased. This cannot be undone: to do it, run heatmap projects erase {_one_line(project)} --yes")
    open_store().erase(project, read_shipped())
    typer.echo(f"{project} is erased. Older backups still have it: delete them, and make a new one with heatmap projects backup FILE")
    if any(one.id == project for one in read_shipped()):
        typer.echo(f"It also ships with the map, so it is only hidden: delete data/projects/{project}.toml too.")


@app.command()
def redact(project: Annotated[str, typer.Argument(help="The project's id.")]) -> None:
    """Take words, such as a name, out of a project, its history, and what readers said of it. It asks for the words, so that no shell
    keeps them."""
    from heatmap.projects.store import open_store

    words = typer.prompt("Words to remove. Capitals make no difference", hide_input=True)
    many = open_store().redact(project, words)
    typer.echo(
        f"Taken out in {many} places. Older backups still have them: delete them, and make a new one with heatmap projects backup FILE"
    )


@app.command()
def migrate() -> None:
    """Make the tables of the database, or bring them up to date; the first write does it too."""
    from heatmap.projects.store import open_store

    database = open_store().database
    done = database.migrate()
    where = f" in {database.path}" if database.path else ""
    typer.echo(f"The tables{where} are {'now' if done else 'already'} up to date.")


@app.command()
def review(
    project: Annotated[str, typer.Argument(help="The project to decide on; without it, what waits is listed.")] = "",
    accept: Annotated[bool, typer.Option("--accept", help="Show it to readers.")] = False,
    wham: Annotated[bool, typer.Option("--wham", help="With --accept: it is WHAM's own.")] = False,
    ask: Annotated[str, typer.Option(help="Send it back to its team with a question.")] = "",
    reject: Annotated[str, typer.Option(help="Do not show it, and say why.")] = "",
    keep: Annotated[bool, typer.Option("--keep", help="A reader said that it is out of date, but it is right.")] = False,
    hide: Annotated[str, typer.Option(help="Take it off the map, and say why.")] = "",
    bring_back: Annotated[bool, typer.Option("--bring-back", help="Bring back what a reviewer hid or rejected.")] = False,
) -> None:
    """List what waits for a reviewer and what reviewers took off the map, or decide on one project."""
    from heatmap.projects.personal import say_personal
    from heatmap.projects.shipped import read_shipped
    from heatmap.projects.store import Decision, Reviewer, open_store

    store = open_store()
    chosen: list[tuple[Decision, str]] = []
    if accept:
        chosen.append(("accept", ""))
    if keep:
        chosen.append(("keep", ""))
    if bring_back:
        chosen.append(("bring_back", ""))
    said: tuple[tuple[Decision, str], ...] = (("ask", ask), ("reject", reject), ("hide", hide))
    chosen += [each for each in said if each[1]]
    if not project:
        _tell_waiting(store.queue(read_shipped()))
        _tell_closed(store.closed())
        return
    if not chosen:
        history = store.history(project)
        for change in history:
            _tell_change(change)
        if not history:
            typer.echo("No change is recorded of it.")
        return
    if len(chosen) > 1:
        raise HeatmapError("Decide one thing: --accept, --ask, --reject, --keep, --hide or --bring-back.")
    decision, reason = chosen[0]
    if personal := say_personal(reason):
        raise HeatmapError(f"Nothing was decided: in your reason {personal}.")
    shipped, version = _find_version(store, project)
    held = store.decide(project, decision, Reviewer(0, "editor", ""), version, reason, "wham" if wham else "", shipped)
    typer.echo(f"{project}: {held.status}")


@app.command()
def link(project: Annotated[str, typer.Argument(help="The project's id, from: heatmap projects list")]) -> None:
    """Make a new private link for a project's team, told this once; an older one no longer holds."""
    from heatmap.projects.store import Reviewer, open_store

    store = open_store()
    shipped, version = _find_version(store, project)
    receipt = store.make_link(project, Reviewer(0, "editor", ""), version, shipped)
    typer.echo(f"The private key of {project}, shown this once; any older one no longer works:")
    typer.echo(receipt.token)
    typer.echo("Its team opens /projects/edit on your map and pastes it there: so no browser keeps it in its history.")
    typer.echo(
        "Anyone who has it can change or withdraw the project. Check who asks, and send it only to the organisation's own public address."
    )


@reviewers.command(name="add")
def add_reviewer(role: Annotated[str, typer.Argument(help="Their role, never a name: resident, young_person, doctor ...")]) -> None:
    """Make a token for a reviewer, told this once."""
    from heatmap.projects.store import open_store

    reviewer, token = open_store().add_reviewer(role)
    typer.echo(f"Reviewer {reviewer.number}, {reviewer.role}. Their token. We show it only this once, and keep only its hash:")
    typer.echo(token)


@reviewers.command(name="list")
def list_reviewers() -> None:
    """List the reviewers by number and role."""
    from heatmap.projects.store import open_store

    found = open_store().reviewers()
    for reviewer in found:
        typer.echo(f"{reviewer.number}  {reviewer.role}  since {reviewer.made_at[:10]}")
    if not found:
        typer.echo("There is no reviewer yet. Make one: heatmap projects reviewer add resident")


@reviewers.command(name="remove")
def remove_reviewer(number: Annotated[int, typer.Argument(help="Their number, from the list.")]) -> None:
    """Take a reviewer's token back; what they decided stays."""
    from heatmap.projects.store import open_store

    open_store().remove_reviewer(number)
    typer.echo(f"Reviewer {number} can no longer review.")


def _find_version(store: ProjectStore, id_: str) -> tuple[Project | None, int]:
    """The record that ships under this id, if any, and the version as it stands now."""
    from heatmap.projects.shipped import read_shipped
    from heatmap.projects.store import UnknownProjectError

    shipped = next((one for one in read_shipped() if one.id == id_), None)
    try:
        return shipped, store.held(id_).version
    except UnknownProjectError:
        if shipped is None:
            raise HeatmapError(
                "We have no project with that id. To list them: heatmap projects list, and heatmap projects review for those that are"
                " not shown."
            ) from None
        return shipped, 1


def _open_shelf(on: str) -> Projects:
    from heatmap.projects.shelf import open_shelf
    from heatmap.projects.store import open_store
    from heatmap.snapshot import open_snapshot

    try:
        today = date.fromisoformat(on) if on else date.today()
    except ValueError:
        raise HeatmapError("Write the day like 2026-11-25.") from None
    open_store()  # a wrong DATABASE_URL is told in its sentence
    shelf = open_shelf(open_snapshot(), today)
    if shelf.away:
        typer.echo("The database does not answer, so only the projects that ship with the map are here.", err=True)
    return shelf.projects


def _tell(found: Iterable[Listed]) -> None:
    from heatmap.projects.sentences import say_sure

    for one in found:
        sure = say_sure(one)
        late = f", said to be out of date on {one.said_out_of_date[-1]}" if one.said_out_of_date else ""
        typer.echo(f"{one.id}: {one.project.title} ({one.project.organisation}), {sure[:1].lower()}{sure[1:]}{late}")


def _tell_waiting(waiting: list[Waiting]) -> None:
    for each in waiting:
        record = each.held.record
        typer.echo(f"{record.id}: {_one_line(record.title)} ({_one_line(record.organisation)}), {each.held.status}, {record.link}")
        for fault in each.faults:
            typer.echo(f"  does not fit: {fault.say()}")
        for day, reason in each.notices:
            typer.echo(f"  said to be out of date on {day}: {_one_line(reason)}")
        if each.history:
            _tell_change(each.history[-1])
    typer.echo(f"{len(waiting)} to look at." + (" Decide: heatmap projects review ID --accept" if waiting else ""))


def _tell_closed(closed: list[ClosedProject]) -> None:
    for each in closed:
        record, change = each.held.record, each.change
        typer.echo(f"{record.id}: {record.title} ({record.organisation}), {each.held.status}")
        _tell_change(change)
    if closed:
        typer.echo(f"{len(closed)} not on the map by a reviewer. Bring one back: heatmap projects review ID --bring-back")


def _tell_change(change: ProjectChange) -> None:
    why = f": {_one_line(change.reason)}" if change.reason else ""
    typer.echo(f"  {change.at[:10]} {change.action} by {change.by}{why}")


def _one_line(text: str) -> str:
    """A text of others for the window: a control letter could rewrite what stands in it."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _is_csv(file: Path) -> bool:
    if file.suffix.lower() not in (".csv", ".xlsx"):
        raise HeatmapError(f"{file.name}: call the file .xlsx for a workbook or .csv for a plain table.")
    return file.suffix.lower() == ".csv"


def _write(file: Path, content: bytes) -> None:
    try:
        with file.open("xb") as out:
            out.write(content)
    except FileExistsError:
        raise HeatmapError(f"{file.name} is there already. Choose another name, so that nothing is lost.") from None
