<?php

// One community, from PHP: php card.php [path of the library]

declare(strict_types=1);

require __DIR__ . '/Dabiao.php';

const KNOWN = [
    'organisation_coverage' => 97.5,
    'community_workers' => 12,
    'residents' => 8000,
    'training_hours' => 36,
    'duty_rules' => 1,
    'household_visits' => 1,
    'duty_rota' => 1,
    'performance_appraisal' => 0,
    'compounds' => 5,
    'red_compounds' => 4,
    'activities' => 11,
];

$dabiao = new Dabiao(...array_slice($argv, 1));
$c = $dabiao->ffi;
$standard = $dabiao->made('dabiao_standard_builtin', 'weihai-2020');
$scorer = $dabiao->made('dabiao_scorer_new', $standard, null);

$info = $dabiao->new('dabiao_standard_info');
$dabiao->check($c->dabiao_standard_about($standard, FFI::addr($info)));

$values = $dabiao->new("double[$info->measures]");
$states = $dabiao->new("uint8_t[$info->measures]");
for ($i = 0; $i < $info->measures; $i++) {
    $states[$i] = Dabiao::MISSING;
}
foreach (KNOWN as $name => $value) {
    $at = $dabiao->new('size_t');
    $dabiao->check($c->dabiao_standard_find_measure($standard, $name, FFI::addr($at)));
    $values[$at->cdata] = $value;
    $states[$at->cdata] = Dabiao::VALUE;
}

$card = $dabiao->new('dabiao_card');
$parts = $dabiao->new('dabiao_card_parts');
$sections = $dabiao->new("int64_t[$info->sections]");
$itemStates = $dabiao->new("uint8_t[$info->items]");
$parts->section_points = FFI::addr($sections[0]);
$parts->sections = $info->sections;
$parts->item_states = FFI::addr($itemStates[0]);
$parts->items = $info->items;
$dabiao->check($c->dabiao_scorer_score(
    $scorer,
    $values,
    $states,
    $info->measures,
    FFI::addr($card),
    FFI::addr($parts),
));

printf("%s (%s)\n", Dabiao::text($info->title_en), Dabiao::text($info->id));
printf('total %s of %g', Dabiao::points($card->total, $card->total_decimals), $info->full_marks);
$part = $dabiao->new('dabiao_part');
if ($card->grade !== Dabiao::NO_GRADE) {
    $dabiao->check($c->dabiao_standard_part($standard, Dabiao::PART_GRADE, $card->grade, FFI::addr($part)));
    printf(', grade %s', Dabiao::text($part->title_en));
}
echo $card->flags & Dabiao::FLAG_PROVISIONAL ? ", provisional\n" : "\n";
for ($i = 0; $i < $info->sections; $i++) {
    $dabiao->check($c->dabiao_standard_part($standard, Dabiao::PART_SECTION, $i, FFI::addr($part)));
    $earned = Dabiao::points($sections[$i], $card->decimals);
    printf("  %s %s: %s of %g\n", Dabiao::text($part->code), Dabiao::text($part->title_en), $earned, $part->points);
}
$missing = 0;
for ($i = 0; $i < $info->items; $i++) {
    $missing += $itemStates[$i] & Dabiao::STATE_MISSING ? 1 : 0;
}
printf("items with a missing value: %d of %d\n", $missing, $info->items);

$dabiao->check($c->dabiao_scorer_free($scorer));
$dabiao->check($c->dabiao_standard_free($standard));

// A failure is an exception that says what is wrong.
try {
    $dabiao->made('dabiao_standard_builtin', 'weihai-1920');
    exit(1);
} catch (DabiaoException $failure) {
    exit(str_contains($failure->getMessage(), 'weihai-1920') ? 0 : 1);
}
