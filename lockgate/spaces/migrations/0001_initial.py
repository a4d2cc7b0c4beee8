

import django.db.models.deletion
import lockgate.base.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Space',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=60, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('about', models.CharField(blank=True, max_length=300)),
                ('kind', models.CharField(choices=[('company', 'Company'), ('department', 'Department'), ('project', 'Project'), ('site', 'Site'), ('topic', 'Topic'), ('partner', 'Partner'), ('circle', 'Circle'), ('deal', 'Deal')], max_length=12)),
                ('entry', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed'), ('private', 'Private')], default='private', max_length=8)),
                ('most', models.SmallIntegerField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('archived_at__isnull', True), ('entry__in', ['open', 'closed'])), fields=['name'], name='spaces_listed')],
                'constraints': [models.CheckConstraint(condition=models.Q(('entry__in', ['open', 'closed', 'private'])), name='a_space_has_an_entry'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['circle', 'deal']), _negated=True), ('entry', 'private'), _connector='OR'), name='circles_and_deal_rooms_are_private'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'circle'), ('most__gte', 2), ('most__isnull', False), ('most__lte', 150)), models.Q(models.Q(('kind', 'circle'), _negated=True), ('most__isnull', True)), _connector='OR'), name='a_circle_has_a_most')],
            },
        ),
        migrations.CreateModel(
            name='Audience',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lane', models.SlugField(blank=True, max_length=32)),
                ('name', models.CharField(blank=True, max_length=80)),
                ('sealed_until', models.DateTimeField(blank=True, null=True)),
                ('opened_at', models.DateTimeField(blank=True, null=True)),
                ('kind', models.CharField(choices=[('inside', 'Inside'), ('guests', 'Guests'), ('outside', 'Outside')], max_length=8)),
                ('ceiling', models.SmallIntegerField(choices=[(0, 'Public'), (1, 'Internal'), (2, 'Confidential'), (3, 'Controlled')])),
                ('firm', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lanes', to='people.firm')),
                ('space', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='audiences', to='spaces.space')),
            ],
        ),
        migrations.CreateModel(
            name='BreakGlass',
            fields=[
                ('id', lockgate.base.fields.TimeIdField(primary_key=True, serialize=False)),
                ('slug', models.CharField(max_length=60)),
                ('why', models.CharField(max_length=300)),
                ('asked_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('is_agreed', models.BooleanField(default=False)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('answered_by__isnull', True), models.Q(('answered_by', models.F('asked_by')), _negated=True), _connector='OR'), name='breaking_the_glass_takes_two'), models.CheckConstraint(condition=models.Q(('why', ''), _negated=True), name='breaking_the_glass_takes_a_reason'), models.CheckConstraint(condition=models.Q(('is_agreed', False), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False)), _connector='OR'), name='an_agreement_names_who_gave_it')],
            },
        ),
        migrations.CreateModel(
            name='Nda',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ends_at', models.DateTimeField()),
                ('ceiling', models.SmallIntegerField(choices=[(0, 'Public'), (1, 'Internal'), (2, 'Confidential'), (3, 'Controlled')])),
                ('reference', models.CharField(blank=True, max_length=80)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='nda', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ceiling__gte', 0), ('ceiling__lte', 3)), name='an_nda_names_a_marking')],
            },
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('moderator', 'Moderator'), ('member', 'Member'), ('guest', 'Guest'), ('observer', 'Observer')], default='member', max_length=10)),
                ('begins_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('hears_from', models.BigIntegerField(default=0)),
                ('is_end_recorded', models.BooleanField(default=False)),
                ('audience', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='spaces.audience')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'audience', 'begins_at', 'ends_at', 'hears_from'], name='seat_of_person'), models.Index(fields=['audience', 'person', 'begins_at', 'ends_at'], name='seat_in_audience'), models.Index(condition=models.Q(('ends_at__isnull', False)), fields=['ends_at'], name='seats_that_end')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True)), fields=('person', 'audience'), name='one_seat_a_person_a_room'), models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gte', models.F('begins_at')), _connector='OR'), name='a_seat_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', lockgate.base.fields.TimeIdField(primary_key=True, serialize=False)),
                ('words', models.CharField(blank=True, max_length=300)),
                ('asked_at', models.DateTimeField()),
                ('answer', models.CharField(blank=True, choices=[('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn')], max_length=10)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='spaces.space')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('answered_at__isnull', True)), fields=('space', 'person'), name='one_waiting_request_a_person_a_space'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True)), models.Q(('answered_at__isnull', False), models.Q(('answer', ''), _negated=True)), _connector='OR'), name='a_request_is_answered_or_waits')],
            },
        ),
        migrations.AddIndex(
            model_name='audience',
            index=models.Index(condition=models.Q(('opened_at__isnull', True), ('sealed_until__isnull', False)), fields=['sealed_until'], name='lanes_to_open'),
        ),
        migrations.AddIndex(
            model_name='audience',
            index=models.Index(condition=models.Q(('sealed_until__isnull', False)), fields=['sealed_until'], name='boxes_by_deadline'),
        ),
        migrations.AddConstraint(
            model_name='audience',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ceiling', 0), ('kind', 'outside'), ('space__isnull', True)), models.Q(models.Q(('kind', 'outside'), _negated=True), ('space__isnull', False)), _connector='OR'), name='outside_is_public_and_no_space'),
        ),
        migrations.AddConstraint(
            model_name='audience',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'outside')), fields=('kind',), name='there_is_one_outside'),
        ),
        migrations.AddConstraint(
            model_name='audience',
            constraint=models.CheckConstraint(condition=models.Q(('ceiling__gte', 0), ('ceiling__lte', 3)), name='a_ceiling_is_a_marking'),
        ),
        migrations.AddConstraint(
            model_name='audience',
            constraint=models.UniqueConstraint(fields=('space', 'lane'), name='a_lane_has_one_name_in_its_space'),
        ),
        migrations.AddConstraint(
            model_name='audience',
            constraint=models.CheckConstraint(condition=models.Q(('firm__isnull', True), models.Q(('kind', 'guests'), models.Q(('lane', ''), _negated=True)), _connector='OR'), name='only_a_lane_for_guests_is_a_firms'),
        ),
        migrations.AddConstraint(
            model_name='audience',
            constraint=models.CheckConstraint(condition=models.Q(('sealed_until__isnull', True), ('firm__isnull', False), _connector='OR'), name='only_a_firms_lane_is_sealed'),
        ),
    ]
